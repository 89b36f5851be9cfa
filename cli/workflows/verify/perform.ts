import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { openNodeShell } from "../../../adapters/ssh/node-shell/index";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { mapBounded } from "../../../core/limits";
import type { NodeShell } from "../../../core/node-shell";
import type { Lesson } from "../../../lesson/folder/read-lesson";
import {
  type LessonNames,
  lessonSteps,
  performLesson,
  performQuickSteps,
  quickSteps,
  stepsWithNeeded,
  verifyNames,
} from "../../../lesson/index";
import type { LessonStep, PerformanceListener, StepVerdict } from "../../../lesson/types";
import { type SeatWithMachine, sshOf } from "../class-seats";
import type { VerdictEvent } from "./board";
import { type SeatVerdict, seatOutcome, secondsBetween } from "./verdict";

/** A shell on a node, until it is closed. */
export type OpenShell = NodeShell & { close(): void };

/** How a verdict is come to: what is performed, and how the seats are reached. */
export interface Performance {
  /** What is performed on every seat, in the lesson's order. */
  readonly steps: readonly LessonStep[];
  openShell(seat: SeatWithMachine, signal: AbortSignal): Promise<OpenShell>;
  /** Performs the steps; gives a verdict for each that came to an end. */
  perform(shell: NodeShell, listener: PerformanceListener, signal: AbortSignal): Promise<readonly StepVerdict[]>;
}

export interface PerformOptions {
  /** How many seats at a time. */
  readonly parallel: number;
  readonly onEvent: (event: VerdictEvent) => void;
  /** Ends it early; the node is still cleaned up. */
  readonly signal: AbortSignal;
}

/** Performs on every seat. A seat that cannot be reached fails, and the others go on. */
export function performOnSeats(
  seats: readonly SeatWithMachine[],
  performance: Performance,
  { parallel, onEvent, signal }: PerformOptions,
): Promise<SeatVerdict[]> {
  // Every command that runs listens to it, and more than ten run at a time: Node.js would warn of a leak.
  setMaxListeners(0, signal);
  return mapBounded(seats, parallel, async (seat) => {
    const startedAt = new Date();
    onEvent({ kind: "seat started", seat: seat.seat });
    const steps = signal.aborted ? [] : await stepVerdicts(seat, performance, onEvent, signal);
    const outcome = seatOutcome(performance.steps, steps);
    onEvent({ kind: "seat ended", seat: seat.seat, outcome });
    const { ssh = null, ready = null } = seat;
    const seconds = secondsBetween(startedAt, new Date());
    return {
      seat: seat.seat,
      node: seat.node,
      machine: seat.machine,
      ssh,
      ready,
      startedAt: startedAt.toISOString(),
      seconds,
      outcome,
      steps: [...steps],
    };
  });
}

async function stepVerdicts(
  seat: SeatWithMachine,
  performance: Performance,
  onEvent: PerformOptions["onEvent"],
  signal: AbortSignal,
): Promise<readonly StepVerdict[]> {
  let shell: OpenShell;
  try {
    shell = await performance.openShell(seat, signal);
  } catch (error) {
    return signal.aborted ? [] : unreached(seat, performance.steps, error, onEvent);
  }
  try {
    return await performance.perform(shell, listenerFor(seat.seat, onEvent), signal);
  } finally {
    shell.close();
  }
}

function listenerFor(seat: string, onEvent: PerformOptions["onEvent"]): PerformanceListener {
  return {
    stepStarted: ({ id }) => onEvent({ kind: "step started", seat, step: id }),
    commandStarted: ({ id }, command) => onEvent({ kind: "command started", seat, step: id, command }),
    stepEnded: (verdict) => onEvent({ kind: "step ended", seat, verdict }),
  };
}

/** Verdicts for a seat that nothing could be performed on: its first step failed, which the others needed. */
function unreached(
  seat: SeatWithMachine,
  steps: readonly LessonStep[],
  error: unknown,
  onEvent: PerformOptions["onEvent"],
): StepVerdict[] {
  const address = seat.ssh === undefined ? "" : ` -p ${seat.ssh.port} ${seat.ssh.user}@${seat.ssh.host}`;
  const failure = { command: `ssh${address}`, expected: "a node that can be reached", found: reasonOf(error) };
  return steps.map(({ id, title }, index) => {
    const outcome = index === 0 ? "failed" : "blocked";
    const verdict: StepVerdict = { id, title, outcome, seconds: 0, evidence: [], notes: [], failure };
    onEvent({ kind: "step ended", seat: seat.seat, verdict });
    return verdict;
  });
}

/** Message and remedy of an expected error. Rethrows any other error, which ends the run. */
function reasonOf(error: unknown): string {
  if (!(error instanceof LabError)) {
    throw error;
  }
  return [error.message, error.hint].filter((part) => part !== undefined).join("\n");
}

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
  return async (seat: SeatWithMachine, signal: AbortSignal): Promise<OpenShell> => {
    const ssh = sshOf(seat, options.stack);
    const access = readSeatAccess(runtime.programDirectory, options.stack, seat.node);
    return openNodeShell({ ...ssh, ...access }, { signal });
  };
}
