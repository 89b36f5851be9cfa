/** What is worth seeing first in the list of a single seat. */
export const STATE_RANK = {
  failed: 0,
  running: 1,
  /** Ended before it was done. */
  stopped: 2,
  /** Not begun, since something that it needs failed. */
  blocked: 3,
  waiting: 4,
  deleted: 5,
  done: 5,
  unchanged: 5,
};

/** How one stage of a seat stands. */
export type CellState = keyof typeof STATE_RANK;

/** How far something has come. Times are milliseconds since the epoch. */
export interface Progress {
  readonly state: CellState;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The latest of what is going on, e.g. a Docker build step; after a failure its cause. One line. */
  readonly detail: string;
  readonly detailAt: number;
}

/** Progress of something not yet begun. */
export const NOT_BEGUN: Progress = {
  state: "waiting",
  startedAt: undefined,
  endedAt: undefined,
  detail: "",
  detailAt: 0,
};

/** A column of the table. */
export interface Stage {
  readonly title: string;
  /** For a narrow table. */
  readonly shortTitle: string;
  /** For the list that a single seat is shown as. @default - a single seat is shown as a table, too */
  readonly listTitle?: string;
  /** What a log says of its end, e.g. "built". */
  readonly verb: string;
}

/** One stage of one seat. */
export interface Cell extends Progress {
  readonly stage: Stage;
  /** What a preview would do, e.g. "create". Undefined for what was done. */
  readonly plan?: string | undefined;
}

/** What is worth seeing first when the terminal is lower than the class is large. */
export const STATUS_RANK = {
  failed: 0,
  running: 1,
  unfinished: 2,
  stopped: 2,
  waiting: 3,
  ready: 4,
  passed: 4,
  deleted: 5,
  unchanged: 6,
  done: 6,
};

/** How a row stands as a whole. */
export type RowStatus = keyof typeof STATUS_RANK;

/** One seat, or what all seats share. */
export interface Row {
  readonly name: string;
  readonly status: RowStatus;
  readonly cells: readonly Cell[];
  /** What is said of it where no cell is current, e.g. "ready in 12 s". */
  readonly message: string;
}

/** What a board shows: seats by stages. */
export interface Table {
  /** What is done, e.g. "lesson"; may be empty. */
  readonly title: string;
  /** e.g. "1 of 2 seats ready, 1 failed". */
  readonly summary: string;
  /** Whether nothing is done, and the cells only have plans. @default false */
  readonly isPreview?: boolean;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly stages: readonly Stage[];
  /** What all seats share, shown in one line. Its cells need not be those of `stages`. */
  readonly shared?: Row | undefined;
  /** Each with a cell for every stage, in their order. */
  readonly rows: readonly Row[];
}

/** A table that is being shown. */
export interface TableView {
  /** Prints at once what came to an end since the last check, where the table is reported in lines. */
  readonly flush: () => void;
  /** Ends it; what was drawn last stays. */
  readonly end: () => void;
}

/** "1 of 2 seats ready, 1 failed". */
export function countReached(reached: number, total: number, goal: string, failed: number): string {
  return `${reached} of ${total} ${goal}${failed > 0 ? `, ${failed} failed` : ""}`;
}

/** The cell that a row's one line is about: its first failure, else what is running and has the latest news. */
export function currentCell({ status, cells }: Pick<Row, "status" | "cells">): Cell | undefined {
  if (status === "failed") {
    return cells.find(({ state }) => state === "failed");
  }
  const newsAt = ({ detailAt, startedAt }: Cell) => Math.max(detailAt, startedAt ?? 0);
  const running = cells.filter(({ state }) => state === "running");
  return running.reduce<Cell | undefined>(
    (latest, cell) => (latest === undefined || newsAt(cell) > newsAt(latest) ? cell : latest),
    undefined,
  );
}

/** Chooses what fits in `lines` lines, the least `rank` first; when not all does, one line is left to say how much is missing. */
export function fold<T>(
  items: readonly T[],
  lines: number,
  rank: (item: T) => number,
): { readonly shown: readonly T[]; readonly folded: readonly T[] } {
  if (items.length <= lines) {
    return { shown: items, folded: [] };
  }
  const chosen = new Set([...items].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, lines - 1)));
  return { shown: items.filter((item) => chosen.has(item)), folded: items.filter((item) => !chosen.has(item)) };
}
