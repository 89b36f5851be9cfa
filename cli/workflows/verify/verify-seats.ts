import { availableParallelism } from "node:os";
import type { CommandContext } from "../../../core/command-context";
import type { SeatWithMachine } from "../class-seats";
import { startVerdictBoard } from "./board";
import { saveVerdict } from "./evidence-folder";
import { type Performance, performOnSeats } from "./perform";
import { concludeVerdict, type Verdict, type VerdictKind } from "./verdict";

/** What to perform, and on which seats. */
export interface VerifySeatsRequest {
  readonly kind: VerdictKind;
  /** Title of the board. */
  readonly title: string;
  /** Title of a lesson of one's own. */
  readonly lesson?: string | undefined;
  readonly seats: readonly SeatWithMachine[];
  readonly performance: Performance;
  /** @default - by the cores of this machine */
  readonly parallel?: number | undefined;
}

/** A verdict, and the folder with its evidence, as it is typed in the clone. */
export interface VerifyResult {
  readonly verdict: Verdict;
  readonly evidence: string;
}

/** Performs on every seat while a board shows it, and saves the verdict with its evidence. */
export async function verifySeats(context: CommandContext, request: VerifySeatsRequest): Promise<VerifyResult> {
  const { runtime, options, reporter, signal } = context;
  const { kind, title, lesson, seats, performance, parallel = defaultParallel() } = request;
  const startedAt = new Date();
  const board = startVerdictBoard({
    stream: runtime.stderr,
    json: options.json,
    title,
    seats: seats.map(({ seat }) => seat),
    steps: performance.steps,
  });
  const reportStopping = () => reporter.info("stopping, and cleaning up on the nodes");
  signal.addEventListener("abort", reportStopping, { once: true });
  try {
    const verdicts = await performOnSeats(seats, performance, { parallel, onEvent: board.onEvent, signal });
    const facts = { stack: options.stack, kind, lesson, startedAt, endedAt: new Date(), steps: performance.steps };
    const verdict = concludeVerdict(facts, verdicts);
    return { verdict, evidence: saveVerdict(context, verdict) };
  } finally {
    signal.removeEventListener("abort", reportStopping);
    board.stop();
  }
}

/** How many seats at a time, where nobody says: local nodes share this machine's cores. */
function defaultParallel(): number {
  return 2 * availableParallelism();
}
