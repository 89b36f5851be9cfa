import { Command, CommanderError } from "@commander-js/extra-typings";
import type { Runtime } from "../core/command-context";
import { auditCommand } from "./commands/audit";
import { bakeCommand } from "./commands/bake";
import { cardsCommand } from "./commands/cards";
import { createCommandBuilder } from "./commands/command-builder";
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

/** In the order in which help shows them. A file in usage/ reads its command's own file, with `require`, when the command is run. */
const USAGES = [
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
export function createProgram(runtime: Runtime, signal: AbortSignal): Program {
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
      writeOut: (text) => runtime.stdout.write(text),
      writeErr: (text) => runtime.stderr.write(text.replace(/^error: /, "lab: ")),
    });
  const kit = createCommandBuilder(program, runtime, signal, (code) => {
    exitCode = code;
  });
  for (const addUsage of USAGES) {
    addUsage(kit);
  }

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
