import { type FoldedRows, foldRows } from "../live-view";
import {
  type Board,
  emptyRow,
  type Phase,
  type Progress,
  phaseRecord,
  type SeatRow,
  type Summary,
  WAITING,
} from "./model";
import type { Place, SeatPlace } from "./place";
import { type SeatStatus, seatStatus } from "./status";

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

/** Two operations, one after the other, as if they had been one: what either of them changed counts as changed. */
export function mergeBoards(first: Board, second: Board): Board {
  const before = new Map(first.seats.map((row) => [row.name, row]));
  return {
    ...second,
    startedAt: first.startedAt,
    seats: second.seats.map((row) => mergeRows(before.get(row.name) ?? emptyRow(row.name, row.node), row)),
    shared: mergeShared(first.shared, second.shared),
    failures: [...first.failures, ...second.failures],
    warnings: [...first.warnings, ...second.warnings],
    summary: mergeSummaries(first.summary, second.summary),
  };
}

function mergeRows(first: SeatRow, second: SeatRow): SeatRow {
  return { ...second, phases: phaseRecord((phase) => mergePhases(first.phases[phase], second.phases[phase])) };
}

function mergeShared(first: Board["shared"], second: Board["shared"]): Board["shared"] {
  const later = Object.entries(second).map(([name, progress]) => [name, mergePhases(first[name] ?? WAITING, progress)]);
  return { ...first, ...Object.fromEntries(later) };
}

/** The later one that did something, or failed at it. */
function mergePhases(first: Progress, second: Progress): Progress {
  return second.change === "none" && second.state !== "failed" ? first : second;
}

function mergeSummaries(first: Summary | undefined, second: Summary | undefined): Summary | undefined {
  if (first === undefined || second === undefined) {
    return second;
  }
  return {
    created: first.created + second.created,
    changed: first.changed + second.changed,
    replaced: first.replaced + second.replaced,
    deleted: first.deleted + second.deleted,
    // Of what the first one made or changed, the second one says that nothing happened.
    unchanged: second.unchanged - first.created - first.changed - first.replaced,
    seconds: first.seconds + second.seconds,
    outcome: second.outcome,
  };
}
