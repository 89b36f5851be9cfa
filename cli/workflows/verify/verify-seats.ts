import { availableParallelism } from "node:os";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { colorsFor } from "../../ui/stream";
import type { SeatWithMachine } from "../class-seats";
import { startVerdictBoard } from "./board";
import { saveVerdict } from "./evidence-folder";
import { type Performance, performOnSeats, quickPerformance } from "./perform";
import { renderFailures, renderNotes } from "./summary";
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
  // Local nodes share this machine's cores.
  const { kind, title, lesson, seats, performance, parallel = 2 * availableParallelism() } = request;
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

/** A quick verdict, and the error to end with when it was not a pass. */
export interface QuickVerdict extends VerifyResult {
  readonly failure: LabError | undefined;
}

/** The short check at the end of `lab up`, on some seats: shown as it goes, and saved as evidence. */
export async function quickVerdict(
  context: CommandContext,
  config: LabConfig,
  seats: readonly SeatWithMachine[],
): Promise<QuickVerdict> {
  const performance = quickPerformance(context, config);
  const result = await verifySeats(context, { kind: "quick", title: "quick verdict", seats, performance });
  renderNotes(result.verdict, colorsFor(context.runtime.stderr)).forEach(context.reporter.info);
  return { ...result, failure: quickFailure(context, result) };
}

/** The error for a verdict that was not a pass. */
export function quickFailure(
  { options, runtime }: CommandContext,
  { verdict, evidence }: VerifyResult,
): LabError | undefined {
  const unproven = verdict.seats.filter(({ outcome }) => outcome !== "passed").map(({ seat }) => seat);
  const flag = stackFlag(options.stack);
  const hint = [
    `Verify the whole lesson: ./lab verify${flag}${unproven.map((seat) => ` --seat ${seat}`).join("")}`,
    `To recreate ${unproven.length > 1 ? "their machines" : "its machine"}, including the disk: ./lab up${flag}${unproven.map((seat) => ` --replace ${seat}`).join("")}`,
  ].join("\n");
  switch (verdict.outcome) {
    case "passed":
      return undefined;
    case "failed": {
      const failures = renderFailures(verdict, evidence, colorsFor(runtime.stderr));
      return new LabError(`The lab is up, but the lesson does not work on it.\n\n${failures.join("\n\n")}\n`, { hint });
    }
    case "interrupted":
      return new LabError("Stopped before the quick verdict was done.", { hint });
  }
}
