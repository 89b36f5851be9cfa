/** The rows that fit, in their order, and those that do not. */
export interface FoldedRows<Row> {
  readonly rows: readonly Row[];
  readonly folded: readonly Row[];
}

/** Chooses the rows for `lines` lines, the least `rank` first; when not all fit, one line then says how many are left out. */
export function foldRows<Row>(rows: readonly Row[], lines: number, rank: (row: Row) => number): FoldedRows<Row> {
  if (rows.length <= lines) {
    return { rows, folded: [] };
  }
  const mostInteresting = [...rows].sort((a, b) => rank(a) - rank(b));
  const chosen = new Set(mostInteresting.slice(0, Math.max(0, lines - 1)));
  return { rows: rows.filter((row) => chosen.has(row)), folded: rows.filter((row) => !chosen.has(row)) };
}
