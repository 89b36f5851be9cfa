import { type Board, emptyRow, type Progress, phaseRecord, type SeatRow, type Summary, WAITING } from "./model";

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
