import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { DEFAULT_STACK, type Refresh } from "../../adapters/pulumi/operation";
import { settingFlags } from "../../config/options";
import type { ConfigChanges } from "../../config/settings";
import type { CommandContext, Runtime } from "../../core/command-context";
import { createReporter } from "../ui/create-reporter";

/** Options that every command accepts. */
interface CommonOptions {
  readonly stack?: string | undefined;
  readonly json?: true | undefined;
  readonly verbose?: true | undefined;
}

/** Defines commands; each file in this folder defines one with it. */
export interface CommandBuilder {
  /** Adds a command that takes --stack and --verbose. */
  command(name: string, description: string): ReturnType<typeof labCommand>;
  /** The context that a command runs in. */
  contextOf(options: CommonOptions): CommandContext;
  /** Sets the exit code of a command that does not throw. @default 0 */
  setExitCode(exitCode: number): void;
}

/** The command builder for one command line. */
export function createCommandBuilder(
  program: Command,
  runtime: Runtime,
  signal: AbortSignal,
  setExitCode: (exitCode: number) => void,
): CommandBuilder {
  return {
    command: (name, description) => labCommand(program, name, description),
    contextOf: (options) => {
      const stack = options.stack ?? runtime.environment["PULUMI_STACK"] ?? DEFAULT_STACK;
      const json = options.json === true;
      return {
        runtime,
        options: { stack, json, verbose: options.verbose === true },
        reporter: createReporter({ stream: runtime.stderr, json }),
        signal,
      };
    },
    setExitCode,
  };
}

function labCommand(program: Command, name: string, description: string) {
  return program
    .command(name)
    .description(description)
    .addOption(new Option("--stack <name>", `stack of the lab (default: PULUMI_STACK, else "${DEFAULT_STACK}")`))
    .addOption(new Option("--verbose", "print a stack trace with an error"));
}

/** `--json`, for commands that print one result. */
export function jsonOption() {
  return new Option("--json", "print the result as JSON, without progress messages");
}

/** A command that reads the settings; those given on its command line are saved. */
export function settingsCommand(builder: CommandBuilder, name: string, description: string) {
  const command = builder.command(name, description).addOption(jsonOption());
  for (const { flags, help } of settingFlags()) {
    command.addOption(new Option(flags, help));
  }
  return command.addOption(new Option("--no-bake", "create machines without a bake, even if one matches (saved)"));
}

/** `--refresh`, for commands that compare state and settings. */
export function refreshOption() {
  return new Option("--refresh", "read the actual state of every resource before comparing");
}

/** The settings that a command line gave, by full name. */
export function changesOf(options: Readonly<Record<string, unknown>>): ConfigChanges {
  const given = settingFlags().map(({ setting, flags }): [string, unknown] => [
    setting,
    options[new Option(flags).attributeName()],
  ]);
  // The setting of the other target has no effect.
  const bakes: typeof given =
    options["bake"] === false
      ? [
          ["local.bake", "none"],
          ["aws.bake", "none"],
        ]
      : [];
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

/** Whether --refresh was given. */
export function refreshOf(options: { refresh?: true | undefined }): Refresh {
  return options.refresh === true ? "refresh" : "trust-state";
}
