import { Command, CommanderError } from "@commander-js/extra-typings";
import type { Surroundings } from "./surroundings";
import { auditUsage } from "./usage/audit";
import { bakeUsage } from "./usage/bake";
import { cardsUsage } from "./usage/cards";
import { doctorUsage } from "./usage/doctor";
import { downUsage } from "./usage/down";
import { envUsage } from "./usage/env";
import { extendUsage } from "./usage/extend";
import { createUsageKit } from "./usage/kit";
import { lessonUsage } from "./usage/lesson";
import { lockUsage } from "./usage/lock";
import { logsUsage } from "./usage/logs";
import { portalUsage } from "./usage/portal";
import { previewUsage } from "./usage/preview";
import { repairUsage } from "./usage/repair";
import { resetUsage } from "./usage/reset";
import { spareUsage } from "./usage/spare";
import { sshUsage } from "./usage/ssh";
import { statusUsage } from "./usage/status";
import { testUsage } from "./usage/test";
import { upUsage } from "./usage/up";
import { verifyUsage } from "./usage/verify";

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
