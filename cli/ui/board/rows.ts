import { type Board, emptyRow, type Phase, type Progress, type SeatRow, WAITING } from "./model";
import type { Place, SeatPlace } from "./place";

/** The board with the row of `place` changed, and added first where the board has none yet. */
export function withRow(board: Board, place: SeatPlace, change: (row: SeatRow) => SeatRow): Board {
  if (board.seats.some((row) => row.name === place.row)) {
    return { ...board, seats: board.seats.map((row) => (row.name === place.row ? change(row) : row)) };
  }
  const seats = [...board.seats, change(emptyRow(place.row, place.node))];
  return { ...board, seats: seats.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })) };
}

/** The board with the progress at `place` changed; a component has none. */
export function atPlace(board: Board, place: Place, change: (progress: Progress) => Progress): Board {
  if (place.kind === "shared") {
    return { ...board, shared: { ...board.shared, [place.name]: change(board.shared[place.name] ?? WAITING) } };
  }
  const { phase } = place;
  return phase === undefined ? board : withRow(board, place, (row) => withPhase(row, phase, change));
}

/** The row with one phase changed. */
export function withPhase(row: SeatRow, phase: Phase, change: (progress: Progress) => Progress): SeatRow {
  return { ...row, phases: { ...row.phases, [phase]: change(row.phases[phase]) } };
}
