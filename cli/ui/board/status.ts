import type { RowStatus } from "../table/model";
import { type Board, CLASS_ROW, PHASES, type SeatRow } from "./model";

/** Sums up a row: one failed phase makes the seat failed, one in work makes it running, and so on down. */
export function seatStatus(row: SeatRow): RowStatus {
  const states = PHASES.map((phase) => row.phases[phase].state);
  if (states.includes("failed")) {
    return "failed";
  }
  if (states.includes("running")) {
    return "running";
  }
  if (states.every((state) => state === "waiting")) {
    return "waiting";
  }
  if (states.every((state) => state === "waiting" || state === "deleted")) {
    return isBeingDeleted(row) && row.phases.machine.state === "waiting" ? "unfinished" : "deleted";
  }
  if (states.includes("waiting") || states.includes("deleted")) {
    return "unfinished";
  }
  return states.every((state) => state === "unchanged") ? "unchanged" : "ready";
}

/** Whether the last thing done to this seat was taking something of it away. */
export function isBeingDeleted(row: SeatRow): boolean {
  return PHASES.some((phase) => row.phases[phase].change === "delete");
}

/** From the row's first resource to its last. */
export function rowDuration(row: SeatRow): number {
  const all = PHASES.map((phase) => row.phases[phase]);
  const starts = all.flatMap((progress) => progress.startedAt ?? []);
  const ends = all.flatMap((progress) => progress.endedAt ?? []);
  return starts.length === 0 || ends.length === 0 ? 0 : Math.max(...ends) - Math.min(...starts);
}

/** First line of what went wrong on a row, empty when nothing did. */
export function firstFailureLine(board: Board, row: string): string {
  return board.failures.find((finding) => finding.row === row)?.text.split("\n")[0] ?? "";
}

/** Names of the seats that failed, in order. */
export function failedSeats(board: Board): readonly string[] {
  const named = new Set(board.failures.map((finding) => finding.row));
  return board.seats.filter((row) => named.has(row.name) || seatStatus(row) === "failed").map((row) => row.name);
}

/** Whether anything failed that belongs to no seat. */
export function classFailed(board: Board): boolean {
  return (
    board.failures.some((finding) => finding.row === CLASS_ROW) ||
    Object.values(board.shared).some((progress) => progress.state === "failed")
  );
}
