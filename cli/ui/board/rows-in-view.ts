import { type FoldedRows, foldRows } from "../fold-rows";
import type { SeatRow } from "./model";
import { type SeatStatus, seatStatus } from "./status";

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
export function chooseRows(rows: readonly SeatRow[], lines: number): FoldedRows<SeatRow> {
  return foldRows(rows, lines, (row) => INTEREST[seatStatus(row)]);
}
