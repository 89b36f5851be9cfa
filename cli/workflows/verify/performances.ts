import { randomBytes } from "node:crypto";
import { openNodeShell } from "../../../adapters/ssh/node-shell";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import {
  type LessonNames,
  lessonSteps,
  performLesson,
  performQuickSteps,
  quickSteps,
  stepsWithNeeded,
  verifyNames,
} from "../../../lesson";
import type { Lesson } from "../../../lesson/folder/read-lesson";
import type { OpenShell, Performance } from "./perform";
import type { JudgedSeat } from "./seats";

/** Steps as `lab verify` performs them. */
interface PerformedLesson extends Pick<Lesson, "steps" | "cleanup"> {
  readonly names: LessonNames;
}

/** The class's lesson, or one of the instructor's own, whose commands are typed as they stand. */
export function lessonFor(config: LabConfig, own: Lesson | undefined): PerformedLesson {
  const names = ownNames(config);
  return own === undefined
    ? { names, steps: lessonSteps(names, { registryImage: config.lesson.registryImage }), cleanup: [] }
    : { names, steps: own.steps, cleanup: own.cleanup };
}

/** The lesson, or some steps of it with those that they need. */
export function lessonPerformance(
  context: CommandContext,
  { names, steps, cleanup }: PerformedLesson,
  only: readonly string[] | undefined,
): Performance {
  return {
    steps: only === undefined ? steps : stepsWithNeeded(steps, only),
    openShell: shellOpener(context),
    perform: (shell, listener, signal) =>
      performLesson({ shell, names, steps, cleanup, listener, signal, ...(only === undefined ? {} : { only }) }),
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

function shellOpener({ runtime, options }: CommandContext) {
  return async (seat: JudgedSeat, signal: AbortSignal): Promise<OpenShell> => {
    if (seat.ssh === undefined) {
      throw new LabError(`${seat.seat} has no machine yet.`, { hint: "Type ./lab up to make it." });
    }
    const access = readSeatAccess(runtime.programDirectory, options.stack, seat.node);
    return openNodeShell({ ...seat.ssh, ...access }, { signal });
  };
}
