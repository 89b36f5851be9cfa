import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { DEFAULT_STACK, type Refresh } from "../../adapters/pulumi/operation";
import type { ConfigChanges } from "../../config/changes";
import type { CommandContext, Runtime } from "../../core/command-context";
import { createReporter } from "../ui/reporter";

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
  return builder
    .command(name, description)
    .addOption(jsonOption())
    .addOption(new Option("--seats <number>", "number of seats, each with its own node1 (saved; default 1)"))
    .addOption(new Option("--spares <number>", "number of spare nodes, for seats whose node fails (saved; default 0)"))
    .addOption(new Option("--target <name>", 'where machines run: "local" or "aws" (saved; default local)'))
    .addOption(new Option("--ssh-port <number>", "SSH port of the first seat on 127.0.0.1 (saved; default 2201)"))
    .addOption(new Option("--no-bake", "create machines without a bake, even if one matches (saved)"));
}

/** `--refresh`, for commands that compare state and settings. */
export function refreshOption() {
  return new Option("--refresh", "read the actual state of every resource before comparing");
}

interface SettingOptions {
  readonly seats?: string | undefined;
  readonly spares?: string | undefined;
  readonly target?: string | undefined;
  readonly sshPort?: string | undefined;
  /** False with --no-bake. */
  readonly bake: boolean;
}

/** The settings that a command line gave, by full name. */
export function changesOf(options: SettingOptions): ConfigChanges {
  const given: [string, string | undefined][] = [
    ["seats", options.seats],
    ["spares", options.spares],
    ["target", options.target],
    ["local.sshPort", options.sshPort],
    // The setting of the other target has no effect.
    ["local.bake", options.bake ? undefined : "none"],
    ["aws.bake", options.bake ? undefined : "none"],
  ];
  return new Map(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, asNumber(value)] as const])));
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
