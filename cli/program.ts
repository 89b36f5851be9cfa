import { Command, CommanderError } from "@commander-js/extra-typings";
import { DEFAULT_STACK } from "../adapters/pulumi/stack-flag";
import type { Runtime } from "../core/command-context";
import { auditCommand } from "./commands/audit";
import { bakeCommand } from "./commands/bake";
import { cardsCommand } from "./commands/cards";
import { commonFlags, type Launch } from "./commands/define-command";
import { doctorCommand } from "./commands/doctor";
import { downCommand } from "./commands/down";
import { envCommand } from "./commands/env";
import { extendCommand } from "./commands/extend";
import { lessonCommand } from "./commands/lesson";
import { lockCommand } from "./commands/lock";
import { logsCommand } from "./commands/logs";
import { portalCommand } from "./commands/portal";
import { previewCommand } from "./commands/preview";
import { repairCommand } from "./commands/repair";
import { resetCommand } from "./commands/reset";
import { spareCommand } from "./commands/spare";
import { sshCommand } from "./commands/ssh";
import { statusCommand } from "./commands/status";
import { testCommand } from "./commands/test";
import { upCommand } from "./commands/up";
import { verifyCommand } from "./commands/verify";
import { createReporter } from "./ui/reporter";

/** In the order in which help shows them. */
const COMMANDS = [
  upCommand,
  previewCommand,
  doctorCommand,
  statusCommand,
  sshCommand,
  cardsCommand,
  portalCommand,
  lessonCommand,
  logsCommand,
  verifyCommand,
  spareCommand,
  resetCommand,
  lockCommand,
  bakeCommand,
  extendCommand,
  repairCommand,
  downCommand,
  auditCommand,
  envCommand,
  testCommand,
];

const HELP_AFTER = `
A first lab:
  ./lab up                                 set up everything needed and create one seat
  ./lab ssh docker run --rm hello:v0.1     run a command on node1
  ./lab verify                             perform the whole lesson there and show the evidence
  ./lab down                               destroy everything

Plain Pulumi works on the same stack:
  eval "$(./lab env)" && pulumi preview

LAB_ENGINE=official or LAB_ENGINE=airgapped selects the Pulumi engine (default: auto, the official one if available).
Exit codes: 0 success, 1 failure, 2 wrong usage or config, 130 verify was interrupted.`;

/** Runs one command line and returns its exit code: 2 after a usage error, which is printed. Throws all other errors. */
export async function runCommandLine(
  commandLine: readonly string[],
  runtime: Runtime,
  signal: AbortSignal,
): Promise<number> {
  let exitCode = 0;
  const program = new Command("lab")
    .description("Create a class of ready lab machines: one node1 per seat, with Docker and the lesson's images.")
    .addHelpText("after", HELP_AFTER)
    .showHelpAfterError("Run ./lab --help for usage.")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => runtime.stdout.write(text),
      writeErr: (text) => runtime.stderr.write(text.replace(/^error: /, "lab: ")),
    });
  const launch: Launch = async (
    { stack = runtime.environment["PULUMI_STACK"] ?? DEFAULT_STACK, ...options },
    handler,
  ) => {
    const json = options.json === true || options.json === "-";
    const reporter = createReporter({ stream: runtime.stderr, json });
    const result = await handler({
      runtime,
      options: { stack, json, verbose: options.verbose === true },
      reporter,
      signal,
    });
    exitCode = typeof result === "number" ? result : 0;
  };
  for (const { name, description, configure } of COMMANDS) {
    configure(commonFlags(program.command(name).description(description)), launch);
  }

  try {
    await program.parseAsync(commandLine, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander throws for --help, too, with exit code 0.
      return error.exitCode === 0 ? 0 : 2;
    }
    throw error;
  }
}
