import { type Command, InvalidArgumentError, Option, type OptionValues } from "@commander-js/extra-typings";
import { DEFAULT_STACK } from "../../adapters/pulumi/stack-flag";
import { settingFlags } from "../../config/options";
import type { ConfigChanges } from "../../config/settings";
import type { CommandContext } from "../../core/command-context";

/** Options that decide the context of a command, as commander parsed them. */
export interface CommonOptions {
  readonly stack?: string | undefined;
  /** A text only for `verify --json [file]`. */
  readonly json?: string | boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/** Runs a handler in the context that the options give; what it returns is the exit code. @default 0 */
export type Launch = (
  options: CommonOptions,
  handler: (context: CommandContext) => Promise<number> | Promise<void>,
) => Promise<void>;

/** A command of `lab`; each file in this folder exports one. */
export interface LabCommand {
  readonly name: string;
  readonly description: string;
  /** Adds arguments, flags and the handler to commander's command. */
  configure(command: CommonCommand, launch: Launch): void;
}

/** What commander knows after it has parsed a command line. */
interface ParsedCommand {
  opts(): OptionValues;
  readonly processedArgs: unknown[];
  action(run: () => Promise<void>): unknown;
}

interface Definition<Parsed extends ParsedCommand> {
  readonly name: string;
  readonly description: string;
  /** Adds the arguments and flags of this command alone: commander infers the types that `run` gets from them. */
  flags(command: CommonCommand): Parsed;
  /** Loads the workflow with `require`, so that `lab` starts fast, and runs it. */
  run(
    context: CommandContext,
    options: ReturnType<Parsed["opts"]>,
    ...args: Parsed["processedArgs"]
  ): Promise<number> | Promise<void>;
}

/** Defines a command. */
export function defineCommand<Parsed extends ParsedCommand>(definition: Definition<Parsed>): LabCommand {
  const { name, description, flags, run } = definition;
  return {
    name,
    description,
    configure(command, launch) {
      const parsed = flags(command);
      parsed.action(() => {
        const options = parsed.opts() as ReturnType<Parsed["opts"]>;
        return launch(options, (context) => run(context, options, ...parsed.processedArgs));
      });
    },
  };
}

/** Adds the flags that every command has. */
export function commonFlags(command: Command) {
  return command
    .option("--stack <name>", `stack of the lab (default: PULUMI_STACK, else "${DEFAULT_STACK}")`)
    .option("--verbose", "print a stack trace with an error");
}

type CommonCommand = ReturnType<typeof commonFlags>;

/** `--json`, for commands that print one result. */
export function jsonOption() {
  return new Option("--json", "print the result as JSON, without progress messages");
}

/** `--refresh`, for commands that compare state and settings. */
export function refreshOption() {
  return new Option("--refresh", "read the actual state of every resource before comparing");
}

/** Adds `--json`, and the flags of a command that reads the settings; those given are saved. */
export function addSettingFlags(command: CommonCommand) {
  const withJson = command.addOption(jsonOption());
  for (const { flags, help } of settingFlags()) {
    withJson.option(flags, help);
  }
  return withJson.option("--no-bake", "create machines without a bake, even if one matches (saved)");
}

/** The settings that a command line gave, by full name. */
export function changesOf(options: Readonly<Record<string, unknown>>): ConfigChanges {
  const given = settingFlags().map(({ setting, flags }): [string, unknown] => [
    setting,
    options[new Option(flags).attributeName()],
  ]);
  // The setting of the other target has no effect.
  const bakes = ["local.bake", "aws.bake"].map((name): [string, unknown] => [
    name,
    options["bake"] === false ? "none" : undefined,
  ]);
  return new Map(
    [...given, ...bakes].flatMap(([name, value]) => (typeof value === "string" ? [[name, asNumber(value)]] : [])),
  );
}

/** Leaves what is not a number to the validation of the whole config. */
function asNumber(value: string): string | number {
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** Parses an option that is a count. */
export function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 9999.");
  }
  return Number(value);
}

/** Collects the values of an option that may be repeated. */
export function repeated(value: string, before: string[]): string[] {
  return [...before, value];
}
