import type { SeatRow } from "./model";
import { type SeatStatus, seatStatus } from "./status";

/** The rows that fit, in their order, and those that do not. */
export interface FoldedRows {
  readonly rows: readonly SeatRow[];
  readonly folded: readonly SeatRow[];
}

/** What is worth seeing first when the terminal is lower than the class is large. */
const INTEREST: Readonly<Record<SeatStatus, number>> = {
  failed: 0,
  running: 1,
  unfinished: 2,
  waiting: 3,
  ready: 4,
  deleted: 5,
  unchanged: 6,
};

/** Chooses the rows for `lines` lines, one of which then says how many are left out. */
export function chooseRows(rows: readonly SeatRow[], lines: number): FoldedRows {
  if (rows.length <= lines) {
    return { rows, folded: [] };
  }
  const mostInteresting = [...rows].sort((a, b) => INTEREST[seatStatus(a)] - INTEREST[seatStatus(b)]);
  const chosen = new Set(mostInteresting.slice(0, Math.max(0, lines - 1)));
  return { rows: rows.filter((row) => chosen.has(row)), folded: rows.filter((row) => !chosen.has(row)) };
}
