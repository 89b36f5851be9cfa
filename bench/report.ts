/** Two things timed in turn in one run. */
export interface Comparison {
  readonly what: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly against: string;
  /** The ratio that we promise to stay under. */
  readonly limit: number;
}

/** The middle of some figures: one disturbed round does not move it. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A table of seconds: least, middle, most. */
export function renderFigures(figures: Readonly<Record<string, readonly number[]>>): string {
  const rows = Object.entries(figures).map(([name, values]) =>
    [
      name.padEnd(16),
      ...[Math.min(...values), median(values), Math.max(...values)].map(seconds),
      `n=${values.length}`,
    ].join("  "),
  );
  return ["seconds             least   middle     most", ...rows, ""].join("\n");
}

/** A line a comparison: the ratio of the middles, and whether it keeps its promise. */
export function renderRatios(comparisons: readonly Comparison[]): string {
  return comparisons
    .map(({ what, ours, theirs, against, limit }) => {
      const ratio = median(ours) / median(theirs);
      return `${what}: ${ratio.toFixed(2)} x ${against} (promised: at most ${limit.toFixed(2)}${ratio <= limit ? "" : ", NOT KEPT"})\n`;
    })
    .join("");
}

function seconds(value: number): string {
  return value.toFixed(2).padStart(7);
}
