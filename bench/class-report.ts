import type { NodeUse } from "./node-use";
import { renderPlot } from "./plot";
import type { ProgramUse, TreeUse } from "./process-tree";
import { average, median, percentile, slope } from "./report";

/** What one size of class took. */
export interface ClassFigures {
  readonly seats: number;
  readonly upSeconds: number;
  /** Seconds until ready, one for each seat. */
  readonly readyAfter: readonly number[];
  /** What lab, pulumi and all below them took during `up`. */
  readonly operator: TreeUse;
  readonly node: {
    /** The most that any node took while it came up. */
    readonly busy: NodeUse;
    /** What a node takes at rest, on average. */
    readonly idle: NodeUse;
    readonly disk: number;
  };
  readonly noOpSeconds: number;
  /** The same of each `up` with nothing to do. */
  readonly noOp: readonly TreeUse[];
  readonly previewSeconds: number;
  /** The whole lesson on every seat, as many at a time as is usual. */
  readonly verifySeconds: number;
  readonly downSeconds: number;
  /** As many labs made manually at once; undefined where they were left out. */
  readonly bareSeconds: number | undefined;
}

/** One figure of each class, as a row of a table. */
interface Row {
  readonly name: string;
  readonly of: (figures: ClassFigures) => number | undefined;
  readonly digits: number;
}

const ROWS: readonly Row[] = [
  { name: "manually, all at once: s", of: ({ bareSeconds }) => bareSeconds, digits: 1 },
  { name: "lab up: s", of: ({ upSeconds }) => upSeconds, digits: 1 },
  { name: "a seat ready, p50: s", of: ({ readyAfter }) => median(readyAfter), digits: 1 },
  { name: "a seat ready, p95: s", of: ({ readyAfter }) => percentile(readyAfter, 95), digits: 1 },
  { name: "lab up, nothing to do: s", of: ({ noOpSeconds }) => noOpSeconds, digits: 2 },
  { name: "lab preview: s", of: ({ previewSeconds }) => previewSeconds, digits: 2 },
  { name: "lab verify: s", of: ({ verifySeconds }) => verifySeconds, digits: 1 },
  { name: "lab down: s", of: ({ downSeconds }) => downSeconds, digits: 1 },
  { name: "operator memory, up: MB", of: ({ operator }) => operator.memory / 1e6, digits: 0 },
  {
    name: "operator memory, nothing to do: MB",
    of: ({ noOp }) => median(noOp.map(({ memory }) => memory / 1e6)),
    digits: 0,
  },
  { name: "node memory, idle: MB", of: ({ node }) => node.idle.memory / 1e6, digits: 0 },
  { name: "node memory, most: MB", of: ({ node }) => node.busy.memory / 1e6, digits: 0 },
  { name: "node disk: GB", of: ({ node }) => node.disk / 1e9, digits: 2 },
  { name: "node inotify instances, most", of: ({ node }) => node.busy.inotifyInstances, digits: 0 },
  { name: "node inotify watches, most", of: ({ node }) => node.busy.inotifyWatches, digits: 0 },
  { name: "node open files, most", of: ({ node }) => node.busy.openFiles, digits: 0 },
  { name: "node processes and threads, most", of: ({ node }) => node.busy.processes, digits: 0 },
];

/** A table with a column for each class, and what one seat more costs. */
export function renderClassReport(classes: readonly ClassFigures[]): string {
  const head = ["seats", ...classes.map(({ seats }) => String(seats)), "a seat more"];
  const rows = ROWS.map(({ name, of, digits }) => {
    const values = classes.map((figures) => [figures.seats, of(figures)] as const);
    const known = values.flatMap(([seats, value]) => (value === undefined ? [] : [[seats, value] as const]));
    const cells = values.map(([, value]) => value?.toFixed(digits) ?? "-");
    return [name, ...cells, known.length < 2 ? "-" : slope(known).toFixed(digits + 1)];
  });
  return [[head, ...rows], ...PROGRAM_TABLES.map((table) => programTable(classes, table))].map(renderTable).join("\n");
}

/** What each program takes, in one row. */
interface ProgramTable {
  readonly title: string;
  readonly of: (figures: ClassFigures) => readonly TreeUse[];
  readonly value: (use: ProgramUse) => number;
  readonly digits: number;
}

const PROGRAM_TABLES: readonly ProgramTable[] = [
  // Unlike its wall time, what else runs does not change this much.
  { title: "nothing to do, CPU s", of: ({ noOp }) => noOp, value: ({ cpu }) => cpu, digits: 2 },
  { title: "lab up, most MB", of: ({ operator }) => [operator], value: ({ memory }) => memory / 1e6, digits: 0 },
];

function programTable(classes: readonly ClassFigures[], { title, of, value, digits }: ProgramTable): string[][] {
  const programs = [...new Set(classes.flatMap((figures) => of(figures).flatMap((use) => Object.keys(use.programs))))];
  const rows = programs.map((program) => {
    const points = classes.map((figures) => {
      const uses = of(figures).map(({ programs }) => programs[program]);
      return [figures.seats, average(uses.map((use) => (use === undefined ? 0 : value(use))))] as const;
    });
    const more = points.length < 2 ? "-" : slope(points).toFixed(digits + 1);
    return [program, ...points.map(([, each]) => each.toFixed(digits)), more];
  });
  return [[title, ...classes.map(({ seats }) => String(seats)), "a seat more"], ...rows];
}

/** Wall time by seats, and when seats were ready. */
export function renderClassPlot(classes: readonly ClassFigures[]): string {
  const line = (name: string, of: (figures: ClassFigures) => number | undefined) => ({
    name,
    points: classes.flatMap((figures) => {
      const value = of(figures);
      return value === undefined ? [] : [[figures.seats, value] as const];
    }),
  });
  const series = [
    line("manually, all at once", ({ bareSeconds }) => bareSeconds),
    line("lab up", ({ upSeconds }) => upSeconds),
    line("a seat ready, p95", ({ readyAfter }) => percentile(readyAfter, 95)),
    line("a seat ready, median", ({ readyAfter }) => median(readyAfter)),
  ].filter(({ points }) => points.length > 0);
  return renderPlot({ title: "A class coming up", xTitle: "seats", yTitle: "seconds", series });
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map(
      (row) =>
        `${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart((widths[column] ?? 0) + 2))).join("")}\n`,
    )
    .join("");
}
