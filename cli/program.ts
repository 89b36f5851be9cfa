import { Command, CommanderError, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { createReporter } from "./output/create-reporter";
import { DEFAULT_STACK, type Refresh } from "./pulumi/operation";
import type { CommandContext, Surroundings } from "./surroundings";
import type { ConfigChanges } from "./wanted-config";

/** Each command's file, read when the command is run. `import()` would not find TypeScript. */
const load = {
  up: () => require("./commands/up") as typeof import("./commands/up"),
  preview: () => require("./commands/preview") as typeof import("./commands/preview"),
  status: () => require("./commands/status") as typeof import("./commands/status"),
  ssh: () => require("./commands/ssh") as typeof import("./commands/ssh"),
  logs: () => require("./commands/logs") as typeof import("./commands/logs"),
  verify: () => require("./commands/verify") as typeof import("./commands/verify"),
  lock: () => require("./commands/lock") as typeof import("./commands/lock"),
  down: () => require("./commands/down") as typeof import("./commands/down"),
  env: () => require("./commands/env") as typeof import("./commands/env"),
  test: () => require("./commands/test") as typeof import("./commands/test"),
};

interface Program {
  /** Runs one command line; gives the exit code. Usage errors are told and give 2, all others are thrown. */
  run(words: readonly string[]): Promise<number>;
}

const HELP_AFTER = `
A first lab, and its end:
  ./lab up                                 one seat; everything needed is set up first
  ./lab ssh docker run --rm hello:v0.1     run a command on node1
  ./lab verify                             perform the whole lesson there, and show the evidence
  ./lab down                               take everything away

Plain Pulumi works on the same stack:
  eval "$(./lab env)" && pulumi preview

LAB_ENGINE=official or airgapped chooses the Pulumi engine; auto, the default, takes the official one where it can be had.
Exit codes: 0 good, 1 failed, 2 wrong usage or config; verify gives 130 when it was stopped.`;

/** The command line of `lab`: arguments in, commands out. Commands are loaded when they are run, so that each starts fast. */
export function createProgram(surroundings: Surroundings, signal: AbortSignal): Program {
  let exitCode = 0;
  const program = new Command("lab")
    .description(
      "A class of ready lab machines from one command: one node1 per seat, with Docker and the lesson's images.",
    )
    .addHelpText("after", HELP_AFTER)
    .showHelpAfterError("(./lab --help explains the commands)")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text.replace(/^error: /, "lab: ")),
    });

  const contextOf = (options: {
    stack?: string | undefined;
    json?: true | undefined;
    verbose?: true | undefined;
  }): CommandContext => {
    const stack = options.stack ?? surroundings.environment["PULUMI_STACK"] ?? DEFAULT_STACK;
    const json = options.json === true;
    return {
      surroundings,
      options: { stack, json, verbose: options.verbose === true },
      reporter: createReporter({ stream: surroundings.stderr, json }),
      signal,
    };
  };

  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addOption(new Option("--stack <name>", `name of the lab (default: PULUMI_STACK, else "${DEFAULT_STACK}")`))
      .addOption(new Option("--verbose", "show where an error came from"));
  const json = new Option("--json", "print the result as JSON, and nothing on the way");

  const settings = (name: string, description: string) =>
    command(name, description)
      .addOption(json)
      .addOption(new Option("--seats <number>", "seats, each with a node1 of its own (kept; default 1)"))
      .addOption(new Option("--target <name>", 'where machines come from: "local" or "aws" (kept; default local)'))
      .addOption(new Option("--ssh-port <number>", "SSH port of the first seat on 127.0.0.1 (kept; default 2201)"))
      .addOption(new Option("--refresh", "ask every resource what it is, before comparing"));

  settings("up", "All set-up, then a ready lab; prints how to reach each seat")
    .addOption(
      new Option("--replace <seat>", "make this seat's machine anew, disk and all (may be repeated)")
        .argParser((seat: string, before: string[]) => [...before, seat])
        .default([] as string[], "none"),
    )
    .addOption(new Option("--no-verify", "leave out the quick verdict on what was made or changed"))
    .addOption(new Option("--yes", "accepted for scripts; up asks nothing"))
    .action(async (options) => {
      const { up } = load.up();
      const { replace } = options;
      const verdict = options.verify ? "quick" : "none";
      await up(contextOf(options), { changes: changesOf(options), refresh: refreshOf(options), replace, verdict });
    });
  settings("preview", "What would be made and changed, as pulumi preview").action(async (options) => {
    const { preview } = load.preview();
    await preview(contextOf(options), { changes: changesOf(options), refresh: refreshOf(options) });
  });
  command("status", "Seats, addresses, engine, images")
    .addOption(json)
    .action(async (options) => {
      const { status } = load.status();
      await status(contextOf(options));
    });
  command("ssh", "A shell on node1, or one command there; gives its exit code")
    .argument("[words...]", "seat (needed when there are several), then a command and its arguments")
    .addOption(
      new Option("--user <name>", "log in as root or student").choices(["root", "student"] as const).default("root"),
    )
    .passThroughOptions()
    .action(async (words, options) => {
      const { ssh } = load.ssh();
      exitCode = await ssh(contextOf(options), { words, user: options.user });
    });
  command("logs", "A seat's cloud-init and gate log")
    .argument("[seat]", "needed when there are several")
    .addOption(new Option("--follow", "go on as the log grows"))
    .action(async (seat, options) => {
      const { logs } = load.logs();
      exitCode = await logs(contextOf(options), { seat, mode: options.follow ? "follow" : "print" });
    });
  command("verify", "Performs the lesson on every seat; shows what failed, and keeps the evidence")
    .addOption(new Option("--seat <name...>", "only these seats (default: all)"))
    .addOption(new Option("--step <id...>", "only these steps, and those that they need (default: all)"))
    .addOption(
      new Option("--json [file]", 'write the verdict as JSON; without a file, or with "-", to stdout and nothing else'),
    )
    .addOption(new Option("--junit <file>", 'write it as JUnit XML, which CI systems show; "-" for stdout'))
    .addOption(
      new Option("--parallel <number>", "seats at a time (default: twice this machine's cores)").argParser(wholeNumber),
    )
    .action(async ({ seat = [], step = [], json: file, junit, parallel, ...options }) => {
      const { verify } = load.verify();
      const output = file === true ? "-" : file;
      const context = contextOf({ ...options, json: output === "-" ? true : undefined });
      exitCode = await verify(context, { seats: seat, steps: step, json: output, junit, parallel });
    });
  command("lock", "Asks anew for everything that lab.lock.json pins; shows what moved, and writes it")
    .addOption(json)
    .addOption(new Option("--trivy <version>", "move to another version of Trivy").conflicts("check"))
    .addOption(new Option("--check", "ask and change nothing; exit code 1 when something is not pinned"))
    .action(async ({ check, trivy, ...options }) => {
      const { lock, checkLock } = load.lock();
      if (check) {
        exitCode = checkLock(contextOf(options));
      } else {
        await lock(contextOf(options), { trivy });
      }
    });
  command("down", "pulumi destroy, then proves that nothing is left")
    .addOption(json)
    .addOption(new Option("--yes", "accepted for scripts; down asks nothing"))
    .action(async (options) => {
      const { down } = load.down();
      await down(contextOf(options));
    });
  command("env", "Prints the exports that make plain pulumi work on the same stack")
    .addOption(json)
    .action(async (options) => {
      const { env } = load.env();
      await env(contextOf(options));
    });
  command("test", "All set-up, then every test")
    .argument("[words...]", "for vitest, e.g. --project unit")
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words, options) => {
      const { test } = load.test();
      exitCode = await test(contextOf(options), words);
    });

  return {
    async run(words) {
      try {
        await program.parseAsync([...words], { from: "user" });
        return exitCode;
      } catch (error) {
        if (error instanceof CommanderError) {
          // Help asked for is no mistake.
          return error.exitCode === 0 ? 0 : 2;
        }
        throw error;
      }
    },
  };
}

interface SettingOptions {
  readonly seats?: string | undefined;
  readonly target?: string | undefined;
  readonly sshPort?: string | undefined;
}

function changesOf(options: SettingOptions): ConfigChanges {
  const given: [string, string | undefined][] = [
    ["seats", options.seats],
    ["target", options.target],
    ["local.sshPort", options.sshPort],
  ];
  return new Map(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, asNumber(value)] as const])));
}

function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 9999.");
  }
  return Number(value);
}

/** Numbers are kept as numbers; anything else is judged, and refused, with the rest of the config. */
function asNumber(value: string): string | number {
  return /^\d+$/.test(value) ? Number(value) : value;
}

function refreshOf(options: { refresh?: true | undefined }): Refresh {
  return options.refresh === true ? "refresh" : "trust-state";
}
