import type { Refresh } from "../../../adapters/pulumi/operation";
import { type KnownSeat, machineOf } from "../../../core/class-state/known-seats";
import type { StateResource } from "../../../core/class-state/state-resource";
import { placeOfNode } from "../../../core/seats";
import { type Board, PHASES } from "../../ui/board/model";
import type { SeatDrift } from "../up/up-with-images";
import type { LastVerdict } from "./last-verdicts";

/** A seat to be judged, and the machine that it has now. */
export interface JudgedSeat extends KnownSeat {
  readonly machine: string | null;
}

/** The seats with the machines that they have in the stack's state. */
export function judgedSeats(seats: readonly KnownSeat[], resources: readonly StateResource[]): JudgedSeat[] {
  return seats.map((seat) => ({ ...seat, machine: machineOf(seat.node, resources) }));
}

/** The part of an `up` that tells which seats have to be proven again. */
interface ChangesOfUp {
  readonly board: Board;
  /** Places whose machines were recovered. */
  readonly recovered: readonly string[];
  /** Seats whose images were looked at. */
  readonly drift: readonly Pick<SeatDrift, "seat" | "unasked">[];
}

/** The seats on whose nodes an `up` made, changed or recovered something, and those whose Docker Engine did not answer. */
export function changedSeats<Seat extends KnownSeat>(
  seats: readonly Seat[],
  { board, recovered, drift }: ChangesOfUp,
): Seat[] {
  const silent = new Set(drift.flatMap(({ seat, unasked }) => (unasked === undefined ? [] : [seat])));
  const rows = board.seats.filter(({ phases }) => PHASES.some((phase) => phases[phase].change !== "none"));
  const nodes = new Set(rows.map(({ node }) => node));
  return seats.filter(({ seat, node }) => nodes.has(node) || recovered.includes(placeOfNode(node)) || silent.has(seat));
}

/** What an `up` has to verify: what it changed, and what has not passed yet; with `refresh` everything. */
export function seatsToVerify(
  seats: readonly JudgedSeat[],
  changed: readonly JudgedSeat[],
  verdicts: ReadonlyMap<string, LastVerdict>,
  refresh: Refresh,
): JudgedSeat[] {
  return seats.filter(
    (seat) => refresh === "refresh" || changed.includes(seat) || !hasPassed(seat, verdicts.get(seat.seat)),
  );
}

/** Some steps of the lesson alone, or a verdict on an earlier machine, prove nothing. */
function hasPassed({ machine }: JudgedSeat, last: LastVerdict | undefined): boolean {
  return last?.outcome === "passed" && last.kind !== "steps" && last.machine === machine;
}
