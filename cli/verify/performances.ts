import { randomBytes } from "node:crypto";
import type { LabConfig } from "../../config/schema";
import {
  type LessonNames,
  lessonSteps,
  performLesson,
  performQuickSteps,
  quickSteps,
  stepsWithNeeded,
  verifyNames,
} from "../../lesson";
import { LabError } from "../errors";
import { openNodeShell } from "../node-shell";
import type { CommandContext } from "../surroundings";
import type { OpenShell, Performance } from "./perform";
import { readSeatAccess } from "./seat-access";
import type { JudgedSeat } from "./seats";

/** The lesson's steps as `lab verify` performs them. */
export function lessonFor(config: LabConfig) {
  const names = ownNames(config);
  return { names, steps: lessonSteps(names, { registryImage: config.lesson.registryImage }) };
}

/** The lesson, or some steps of it with those that they need. */
export function lessonPerformance(
  context: CommandContext,
  { names, steps }: ReturnType<typeof lessonFor>,
  only: readonly string[] | undefined,
): Performance {
  return {
    steps: only === undefined ? steps : stepsWithNeeded(steps, only),
    openShell: shellOpener(context),
    perform: (shell, listener, signal) =>
      performLesson({ shell, names, steps, listener, signal, ...(only === undefined ? {} : { only }) }),
  };
}

/** The short check at the end of `lab up`: the declared images run, and Trivy finds something in one. */
export function quickPerformance(context: CommandContext, config: LabConfig): Performance {
  const names = ownNames(config);
  const steps = quickSteps(names);
  return {
    steps,
    openShell: shellOpener(context),
    perform: (shell, listener, signal) => performQuickSteps({ shell, names, steps, listener, signal }),
  };
}

/** Names of this run's own, which are no student's. */
function ownNames(config: LabConfig): LessonNames {
  return verifyNames(config.images.base, randomBytes(4).toString("hex"));
}

function shellOpener({ surroundings, options }: CommandContext) {
  return async (seat: JudgedSeat, signal: AbortSignal): Promise<OpenShell> => {
    if (seat.ssh === undefined) {
      throw new LabError(`${seat.seat} has no machine yet.`, { hint: "Type ./lab up to make it." });
    }
    const access = readSeatAccess(surroundings.programDirectory, options.stack, seat.node);
    return openNodeShell({ ...seat.ssh, ...access }, { signal });
  };
}
