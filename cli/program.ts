import { Command, CommanderError } from "@commander-js/extra-typings";
import type { Surroundings } from "../core/command-context";
import { auditUsage } from "./commands/audit";
import { bakeUsage } from "./commands/bake";
import { cardsUsage } from "./commands/cards";
import { createUsageKit } from "./commands/command-builder";
import { doctorUsage } from "./commands/doctor";
import { downUsage } from "./commands/down";
import { envUsage } from "./commands/env";
import { extendUsage } from "./commands/extend";
import { lessonUsage } from "./commands/lesson";
import { lockUsage } from "./commands/lock";
import { logsUsage } from "./commands/logs";
import { portalUsage } from "./commands/portal";
import { previewUsage } from "./commands/preview";
import { repairUsage } from "./commands/repair";
import { resetUsage } from "./commands/reset";
import { spareUsage } from "./commands/spare";
import { sshUsage } from "./commands/ssh";
import { statusUsage } from "./commands/status";
import { testUsage } from "./commands/test";
import { upUsage } from "./commands/up";
import { verifyUsage } from "./commands/verify";

/** In the order in which help shows them. A file in usage/ reads its command's own file, with `require`, when the command is run. */
const USAGES = [
  upUsage,
  previewUsage,
  doctorUsage,
  statusUsage,
  sshUsage,
  cardsUsage,
  portalUsage,
  lessonUsage,
  logsUsage,
  verifyUsage,
  spareUsage,
  resetUsage,
  lockUsage,
  bakeUsage,
  extendUsage,
  repairUsage,
  downUsage,
  auditUsage,
  envUsage,
  testUsage,
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
  const kit = createUsageKit(program, surroundings, signal, (code) => {
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
