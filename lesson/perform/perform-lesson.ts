import type { NodeShell, RunOptions } from "../../core/node-shell";
import type { LessonNames, VerifyRun } from "../names";
import { stepsWithNeeded } from "../steps-with-needed";
import type { LessonStep, Outcome, PerformanceListener, StepVerdict } from "../types";
import { StepRecord } from "./evidence";
import { performTask } from "./perform-task";
import { CLEAN_UP_SECONDS, cleanWorkspace, prepareWorkspace, workspaceOptions } from "./workspace";

/** The steps to perform, the node, and a listener. */
export interface PerformanceRequest {
  readonly shell: NodeShell;
  /** Names from `verifyNames`, with which the steps were created. */
  readonly names: LessonNames;
  readonly steps: readonly LessonStep[];
  /** Ids of the steps wanted; those that they need are performed too. @default - all */
  readonly only?: readonly string[];
  /** Commands that clean up the node, run before and after the steps; their failures are ignored. */
  readonly cleanup?: readonly string[];
  readonly listener?: PerformanceListener;
  /** Ends the performance after its clean-up, with the verdicts of the steps that had ended. */
  readonly signal?: AbortSignal;
}

/**
 * Performs the steps in order, in a folder of its own. A step that fails does not keep the next ones from being tried. What
 * goes wrong is in the verdicts, a lost node included.
 */
export async function performLesson(request: PerformanceRequest): Promise<StepVerdict[]> {
  const run = runOf(request);
  const signal = signalOf(request);
  const { shell, steps, only } = request;
  const verdicts: StepVerdict[] = [];
  let problem: string | undefined;
  try {
    await prepareWorkspace(shell, run, signal);
    await cleanUp(request, run);
  } catch (error) {
    problem = messageOf(error);
  }
  for (const step of only === undefined ? steps : stepsWithNeeded(steps, only)) {
    const verdict = await performStep(step, request, { options: workspaceOptions(run), problem, before: verdicts });
    if (verdict !== undefined) {
      verdicts.push(verdict);
    }
  }
  await cleanUp(request, run);
  await leave(shell, run, signal);
  return verdicts;
}

/** The signal that stopped the steps does not stop the clean-up. */
async function cleanUp({ shell, cleanup = [] }: PerformanceRequest, run: VerifyRun): Promise<void> {
  for (const command of cleanup) {
    // The steps report a lost node.
    await shell.run(command, { ...workspaceOptions(run), timeoutSeconds: CLEAN_UP_SECONDS }).catch(() => {});
  }
}

/** Performs steps that do not need each other, all at the same time, in the user's home. */
export async function performQuickSteps(request: Omit<PerformanceRequest, "only">): Promise<StepVerdict[]> {
  const run = runOf(request);
  const verdicts = await Promise.all(
    request.steps.map((step) => performStep(step, request, { options: {}, problem: undefined, before: [] })),
  );
  await leave(request.shell, run, signalOf(request));
  return verdicts.filter((verdict) => verdict !== undefined);
}

interface StepContext {
  readonly options: RunOptions;
  /** A problem that prevents the step. */
  readonly problem: string | undefined;
  readonly before: readonly StepVerdict[];
}

/** Undefined when the signal has ended it. */
async function performStep(
  step: LessonStep,
  { shell, listener, ...request }: PerformanceRequest,
  { options, problem, before }: StepContext,
): Promise<StepVerdict | undefined> {
  const signal = signalOf(request);
  if (signal.aborted) {
    return undefined;
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
    return undefined;
  }
  const verdict = record.verdict(new Map<string, Outcome>(before.map(({ id, outcome }) => [id, outcome])));
  listener?.stepEnded(verdict);
  return verdict;
}

/** A node that is lost cannot be cleaned; the next run does it. */
async function leave(shell: NodeShell, run: VerifyRun, signal: AbortSignal): Promise<void> {
  await cleanWorkspace(shell, run, signal).catch(() => {});
}

function runOf({ names }: Pick<PerformanceRequest, "names">): VerifyRun {
  if (names.run === undefined) {
    throw new Error("Names from verifyNames are required to perform the lesson.");
  }
  return names.run;
}

function signalOf({ signal }: Pick<PerformanceRequest, "signal">): AbortSignal {
  return signal ?? new AbortController().signal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
