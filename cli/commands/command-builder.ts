import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { DEFAULT_STACK, type Refresh } from "../../adapters/pulumi/operation";
import type { ConfigChanges } from "../../config/changes";
import type { CommandContext, Runtime } from "../../core/command-context";
import { createReporter } from "../ui/create-reporter";

/** What every command accepts. */
interface CommonOptions {
  readonly stack?: string | undefined;
  readonly json?: true | undefined;
  readonly verbose?: true | undefined;
}

/** What a command's usage is written with: one file a command in this folder. */
export interface CommandBuilder {
  /** Adds a command that takes --stack and --verbose. */
  command(name: string, description: string): ReturnType<typeof labCommand>;
  /** What a command is run with. */
  contextOf(options: CommonOptions): CommandContext;
  /** The exit code of a command that ended well, where it is not 0. */
  endWith(exitCode: number): void;
}

/** The kit for one command line. */
export function createCommandBuilder(
  program: Command,
  runtime: Runtime,
  signal: AbortSignal,
  endWith: (exitCode: number) => void,
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
    endWith,
  };
}

function labCommand(program: Command, name: string, description: string) {
  return program
    .command(name)
    .description(description)
    .addOption(new Option("--stack <name>", `name of the lab (default: PULUMI_STACK, else "${DEFAULT_STACK}")`))
    .addOption(new Option("--verbose", "show where an error came from"));
}

/** --json of commands that print one result. */
export function jsonOption() {
  return new Option("--json", "print the result as JSON, and nothing on the way");
}

/** A command that reads the settings, and keeps those that its command line gives. */
export function settingsCommand(kit: CommandBuilder, name: string, description: string) {
  return kit
    .command(name, description)
    .addOption(jsonOption())
    .addOption(new Option("--seats <number>", "seats, each with a node1 of its own (kept; default 1)"))
    .addOption(new Option("--spares <number>", "nodes made along, for seats whose own one fails (kept; default 0)"))
    .addOption(new Option("--target <name>", 'where machines come from: "local" or "aws" (kept; default local)'))
    .addOption(new Option("--ssh-port <number>", "SSH port of the first seat on 127.0.0.1 (kept; default 2201)"))
    .addOption(new Option("--no-bake", "make machines without a bake, also where one fits (kept)"));
}

/** --refresh of commands that compare. */
export function refreshOption() {
  return new Option("--refresh", "ask every resource what it is, before comparing");
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
    // Whichever target it is: the one that is not has no use for it.
    ["local.bake", options.bake ? undefined : "none"],
    ["aws.bake", options.bake ? undefined : "none"],
  ];
  return new Map(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, asNumber(value)] as const])));
}

/** Numbers are kept as numbers; anything else is judged, and refused, with the rest of the config. */
function asNumber(value: string): string | number {
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** For options that are a number of things. */
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
