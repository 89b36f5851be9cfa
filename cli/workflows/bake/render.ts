import type { StoredBake } from "./bake-store";

/** Bakes as a table for people. */
export function renderBakes(bakes: readonly StoredBake[]): string {
  if (bakes.length === 0) {
    return "There are no bakes. ./lab bake makes one.\n";
  }
  const rows = bakes.map(({ hash, name, made, bytes, size, usedBy }) => [
    name === undefined ? `${hash} (half-made)` : hash,
    made.slice(0, 16).replace("T", " "),
    `${size === "known" ? "" : "<= "}${(bytes / 1e9).toFixed(2)} GB`,
    usedBy.length === 0 ? "unused" : usedBy.join(", "),
  ]);
  const table = [["bake", "made (UTC)", "size", "machines"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return `${table.map((row) => line(row).trimEnd()).join("\n")}\n`;
}
