import { isComplete, type KnownSeat, type NodeRole } from "../../../core/class-state/known-seats";
import type { Board } from "../../ui/board/model";
import { failedSeats } from "../../ui/board/status";
import { causeOf } from "./cause";

/** How a node stands after an `up`. */
export type StateAfterUp = "ready" | "spare" | "left" | "failed";

/** How a seat stands after an `up`, and when it failed, why: one or two lines. */
export interface SeatAfterUp {
  readonly state: StateAfterUp;
  readonly cause: string | null;
}

const STATE_WHEN_WELL: Readonly<Record<NodeRole, StateAfterUp>> = { seat: "ready", spare: "spare", left: "left" };

/**
 * The seats with what an `up` made of them. What became of a machine itself (`lost`, by node) is said before what the
 * engine made of it. Nobody can say that a seat which cannot be reached is well (`unreached`, by node), although nothing failed.
 */
export function seatsAfterUp<Seat extends KnownSeat>(
  seats: readonly Seat[],
  board: Board,
  lost: ReadonlyMap<string, string>,
  unreached: ReadonlyMap<string, string> = new Map(),
): (Seat & SeatAfterUp)[] {
  const failed = failedNodes(board);
  return seats.map((seat) => {
    const silence = unreached.get(seat.node);
    if (silence !== undefined) {
      return { ...seat, state: "failed", cause: silence };
    }
    const isWell = seat.role === "left" || (isComplete(seat) && !failed.has(seat.node));
    return isWell
      ? { ...seat, state: STATE_WHEN_WELL[seat.role], cause: null }
      : { ...seat, state: "failed", cause: causeFor(seat, board, lost) };
  });
}

/** Pulumi names of the nodes on which something failed. */
function failedNodes(board: Board): ReadonlySet<string> {
  const rows = new Set(failedSeats(board));
  return new Set(board.seats.filter(({ name }) => rows.has(name)).map(({ node }) => node));
}

function causeFor({ node }: KnownSeat, board: Board, lost: ReadonlyMap<string, string>): string {
  const row = board.seats.find((candidate) => candidate.node === node)?.name;
  const finding = board.failures.find((candidate) => candidate.row === row);
  const engine = finding === undefined ? "not finished: what it needs had failed" : causeOf(finding);
  const machine = lost.get(node);
  return machine === undefined || engine.includes(machine) ? engine : `${machine}\n${engine.split("\n")[0]}`;
}
