import {
  type Board,
  emptyRow,
  type Phase,
  type PhaseProgress,
  phaseRecord,
  type SeatRow,
  type Summary,
  WAITING,
} from "./model";
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
export function atPlace(board: Board, place: Place, change: (progress: PhaseProgress) => PhaseProgress): Board {
  if (place.kind === "shared") {
    return { ...board, shared: { ...board.shared, [place.name]: change(board.shared[place.name] ?? WAITING) } };
  }
  const { phase } = place;
  return phase === undefined ? board : withRow(board, place, (row) => withPhase(row, phase, change));
}

/** The row with one phase changed. */
export function withPhase(row: SeatRow, phase: Phase, change: (progress: PhaseProgress) => PhaseProgress): SeatRow {
  return { ...row, phases: { ...row.phases, [phase]: change(row.phases[phase]) } };
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
function mergePhases(first: PhaseProgress, second: PhaseProgress): PhaseProgress {
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
