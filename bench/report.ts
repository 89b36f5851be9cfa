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

/** The figure that so many in a hundred do not exceed: one that was measured, not one between two. */
export function percentile(figures: readonly number[], percent: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function average(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}

/** By how much y grows with each x more: the straight line that fits [x, y] best. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const [xMean, yMean] = [average(points.map(([x]) => x)), average(points.map(([, y]) => y))];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - xMean) * (y - yMean), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - xMean) ** 2, 0);
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
