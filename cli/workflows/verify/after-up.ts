import type { Refresh } from "../../../adapters/pulumi/operation";
import type { LabConfig } from "../../../config/schema";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { slotOfNode } from "../../../core/seats";
import { type Board, PHASES } from "../../ui/board/model";
import type { SeatWithMachine } from "../class-seats";
import type { SeatDrift } from "../up/pulumi-up";
import { type LastVerdict, lastVerdictsOf } from "./last-verdicts";
import type { QuickVerdict } from "./verify-seats";

/** Verdicts of an `up`. */
export interface UpOutcome {
  readonly seats: readonly SeatWithMachine[];
  /** Those on whose nodes something was made or changed. */
  readonly changed: readonly SeatWithMachine[];
  readonly refresh: Refresh;
  readonly verdict: "quick" | "none";
}

/** The quick verdict at the end of `up`; undefined when there was nothing to verify, or it was not asked for. */
export async function verifyAfterUp(
  context: CommandContext,
  config: LabConfig,
  { seats, changed, refresh, verdict }: UpOutcome,
): Promise<QuickVerdict | undefined> {
  const last = lastVerdictsOf(context);
  if (verdict === "none") {
    last.forget(changed.map(({ seat }) => seat));
    return undefined;
  }
  const due = seatsToVerify(seats, changed, last.read(), refresh);
  if (due.length === 0) {
    return undefined;
  }
  // Loaded only now: an `up` with nothing to do must not get slower.
  const { quickVerdict }: typeof import("./verify-seats") = require("./verify-seats");
  return quickVerdict(context, config, due);
}

/** A quick verdict as `up --json` has it. */
export function describeQuickVerdict(quick: QuickVerdict | undefined) {
  if (quick === undefined) {
    return null;
  }
  const { outcome, seconds, seats } = quick.verdict;
  return { outcome, seconds, seats: seats.map(({ seat }) => seat), evidence: quick.evidence };
}

/** The part of an `up` that decides which seats have to be verified again. */
interface ChangesOfUp {
  readonly board: Board;
  /** Slots whose machines were recovered. */
  readonly recovered: readonly string[];
  /** Seats whose images were checked. */
  readonly drift: readonly Pick<SeatDrift, "seat" | "unasked">[];
}

/** The seats on whose nodes an `up` made, changed or recovered something, and those whose Docker Engine did not answer. */
export function changedSeats<Seat extends KnownSeat>(
  seats: readonly Seat[],
  { board, recovered, drift }: ChangesOfUp,
): Seat[] {
  const unanswered = new Set(drift.flatMap(({ seat, unasked }) => (unasked === undefined ? [] : [seat])));
  const rows = board.seats.filter(({ phases }) => PHASES.some((phase) => phases[phase].change !== "none"));
  const nodes = new Set(rows.map(({ node }) => node));
  return seats.filter(
    ({ seat, node }) => nodes.has(node) || recovered.includes(slotOfNode(node)) || unanswered.has(seat),
  );
}

/** What an `up` has to verify: what it changed, and what has not passed yet; with `refresh` everything. */
export function seatsToVerify(
  seats: readonly SeatWithMachine[],
  changed: readonly SeatWithMachine[],
  verdicts: ReadonlyMap<string, LastVerdict>,
  refresh: Refresh,
): SeatWithMachine[] {
  return seats.filter(
    (seat) => refresh === "refresh" || changed.includes(seat) || !hasPassed(seat, verdicts.get(seat.seat)),
  );
}

/** Some steps of the lesson alone, or a verdict on an earlier machine, prove nothing. */
function hasPassed({ machine }: SeatWithMachine, last: LastVerdict | undefined): boolean {
  return last?.outcome === "passed" && last.kind !== "steps" && last.machine === machine;
}
