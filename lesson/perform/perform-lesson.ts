import { messageOf } from "../../core/errors";
import type { NodeShell, RunOptions } from "../../core/node-shell";
import { stepsWithNeeded } from "../lesson-steps";
import type { LessonNames, VerifyRun } from "../names";
import type { LessonStep, PerformanceListener, StepVerdict } from "../types";
import { StepRecord } from "./evidence";
import { performTask } from "./perform-task";
import { CLEAN_UP_SECONDS, cleanWorkspace, prepareWorkspace, workspaceOptions } from "./workspace";

/** The steps to perform, the node, and a listener. */
export interface PerformanceRequest {
  readonly shell: NodeShell;
  /** Names from `verifyNames`, with which the steps were created. */
  readonly names: LessonNames;
  readonly steps: readonly LessonStep[];
  /** IDs of the steps to perform, together with the steps that they need. @default - all */
  readonly only?: readonly string[];
  /** Commands that clean up the node, run before and after the steps; their failures are ignored. */
  readonly cleanup?: readonly string[];
  readonly listener?: PerformanceListener;
  /** Ends the performance after its clean-up, with the verdicts of the steps that had ended. */
  readonly signal?: AbortSignal;
}

/**
 * Performs the steps in order, in a folder of its own. Continues after a step that fails. The verdicts contain all failures, a
 * lost node included.
 */
export async function performLesson(request: PerformanceRequest): Promise<StepVerdict[]> {
  const { shell, steps, only, cleanup = [], signal = new AbortController().signal } = request;
  const run = runOf(request);
  const options = workspaceOptions(run);
  // The signal that stopped the steps does not stop the clean-up. The steps report a lost node.
  const cleanUp = async () => {
    for (const command of cleanup) {
      await shell.run(command, { ...options, timeoutSeconds: CLEAN_UP_SECONDS }).catch(() => {});
    }
  };
  let problem: string | undefined;
  try {
    await prepareWorkspace(shell, run, signal);
    await cleanUp();
  } catch (error) {
    problem = messageOf(error);
  }
  const verdicts: StepVerdict[] = [];
  for (const step of only === undefined ? steps : stepsWithNeeded(steps, only)) {
    verdicts.push(...(await performStep(step, { ...request, signal }, { options, problem, before: verdicts })));
  }
  await cleanUp();
  await cleanWorkspace(shell, run, signal);
  return verdicts;
}

/** Performs steps that do not need each other, all at the same time, in the user's home. */
export async function performQuickSteps(request: Omit<PerformanceRequest, "only">): Promise<StepVerdict[]> {
  const { shell, steps, signal = new AbortController().signal } = request;
  const run = runOf(request);
  const verdicts = await Promise.all(
    steps.map((step) => performStep(step, { ...request, signal }, { options: {}, problem: undefined, before: [] })),
  );
  await cleanWorkspace(shell, run, signal);
  return verdicts.flat();
}

interface StepContext {
  readonly options: RunOptions;
  /** A problem that prevents the step. */
  readonly problem: string | undefined;
  readonly before: readonly StepVerdict[];
}

/** The step's verdict; none when the signal has ended it. */
async function performStep(
  step: LessonStep,
  { shell, listener, signal }: PerformanceRequest & { readonly signal: AbortSignal },
  { options, problem, before }: StepContext,
): Promise<StepVerdict[]> {
  if (signal.aborted) {
    return [];
  }
  const record = new StepRecord(step);
  listener?.stepStarted(step);
  const announce = (command: string) => listener?.commandStarted(step, command);
  try {
    if (problem !== undefined) {
      throw new Error(problem);
    }
    for (const task of step.tasks) {
      if (!(await performTask(task, { shell, record, announce, options: { ...options, signal } }))) {
        break;
      }
    }
  } catch (error) {
    record.stoppedBy(messageOf(error));
  }
  if (signal.aborted) {
    return [];
  }
  const verdict = record.verdict(before);
  listener?.stepEnded(verdict);
  return [verdict];
}

function runOf({ names }: Pick<PerformanceRequest, "names">): VerifyRun {
  if (names.run === undefined) {
    throw new Error("Names from verifyNames are required to perform the lesson.");
  }
  return names.run;
}
