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
import type { Position } from "./position";

/** The board with a seat's row changed, and added first where the board has none yet. What all seats share has no row. */
export function withRow(board: Board, { row: name, node }: Position, change: (row: SeatRow) => SeatRow): Board {
  if (node === undefined) {
    return board;
  }
  if (board.seats.some((row) => row.name === name)) {
    return { ...board, seats: board.seats.map((row) => (row.name === name ? change(row) : row)) };
  }
  const seats = [...board.seats, change(emptyRow(name, node))];
  return { ...board, seats: seats.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })) };
}

/** The board with the progress at a position changed; a component has none. */
export function withProgress(
  board: Board,
  position: Position,
  change: (progress: PhaseProgress) => PhaseProgress,
): Board {
  const { node, cell } = position;
  if (cell === undefined) {
    return board;
  }
  if (node === undefined) {
    return { ...board, shared: { ...board.shared, [cell]: change(board.shared[cell] ?? WAITING) } };
  }
  return withRow(board, position, (row) => withPhase(row, cell, change));
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
