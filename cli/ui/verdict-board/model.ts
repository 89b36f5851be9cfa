import { firstLine } from "../../../core/text";
import type { StepVerdict } from "../../../lesson/types";
import type { StepTitle, VerdictOutcome } from "../../workflows/verify/verdict";

/** How one step on one seat stands. unfinished: stopped before it came to an end. */
export type CellState = "waiting" | "running" | StepVerdict["outcome"] | "unfinished";

/** One step on one seat. Times are milliseconds since the epoch. */
export interface Cell {
  readonly state: CellState;
  readonly startedAt: number | undefined;
  readonly seconds: number;
  /** While it runs the latest command, after a failure what was found instead of what was expected. */
  readonly detail: string;
}

/** How a seat stands as a whole. */
export type SeatState = "waiting" | "performing" | VerdictOutcome;

/** One seat's line of the board. */
export interface SeatRow {
  readonly seat: string;
  readonly state: SeatState;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
}

/** Everything that is known about a verdict on its way. */
export interface VerdictBoard {
  /** e.g. "lesson" or "quick verdict". */
  readonly title: string;
  readonly steps: readonly StepTitle[];
  readonly seats: readonly SeatRow[];
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Whether it was told to stop, and is cleaning up. */
  readonly isStopping: boolean;
}

/** What happens while a lesson is performed on a class. */
export type VerdictEvent = SeatEvent | { readonly kind: "stopping" };

/** What happens on one seat. */
type SeatEvent =
  | { readonly kind: "seat started"; readonly seat: string }
  | { readonly kind: "step started"; readonly seat: string; readonly step: string }
  | { readonly kind: "command started"; readonly seat: string; readonly step: string; readonly command: string }
  | { readonly kind: "step ended"; readonly seat: string; readonly verdict: StepVerdict }
  | { readonly kind: "seat ended"; readonly seat: string; readonly outcome: VerdictOutcome };

const WAITING: Cell = { state: "waiting", startedAt: undefined, seconds: 0, detail: "" };

/** A board before the first event. */
export function emptyBoard(
  title: string,
  seats: readonly string[],
  steps: readonly StepTitle[],
  startedAt: number,
): VerdictBoard {
  const cells = Object.fromEntries(steps.map(({ id }) => [id, WAITING]));
  const row = { state: "waiting", cells, startedAt: undefined, endedAt: undefined } as const;
  return {
    title,
    steps,
    seats: seats.map((seat) => ({ seat, ...row })),
    startedAt,
    endedAt: undefined,
    isStopping: false,
  };
}

/** The cell of a step. */
export function cellOf(row: SeatRow, step: string): Cell {
  return row.cells[step] ?? WAITING;
}

/** The board after one more event, which came at `at`. */
export function reduce(board: VerdictBoard, event: VerdictEvent, at: number): VerdictBoard {
  if (event.kind === "stopping") {
    return { ...board, isStopping: true };
  }
  return {
    ...board,
    seats: board.seats.map((row) => (row.seat === event.seat ? reduceRow(row, event, at) : row)),
  };
}

/** The board once nothing more will come. */
export function settle(board: VerdictBoard, at: number): VerdictBoard {
  return { ...board, endedAt: board.endedAt ?? at };
}

function reduceRow(row: SeatRow, event: SeatEvent, at: number): SeatRow {
  switch (event.kind) {
    case "seat started":
      return { ...row, state: "performing", startedAt: at };
    case "step started":
      return withCell(row, event.step, { state: "running", startedAt: at, seconds: 0, detail: "" });
    case "command started":
      return withCell(row, event.step, { ...cellOf(row, event.step), detail: firstLine(event.command) });
    case "step ended":
      return withCell(row, event.verdict.id, endedCell(cellOf(row, event.verdict.id), event.verdict, at));
    case "seat ended":
      return { ...row, cells: stopCells(row.cells, at), state: event.outcome, endedAt: at };
  }
}

function endedCell(cell: Cell, { outcome, seconds, failure }: StepVerdict, at: number): Cell {
  const detail = outcome === "passed" ? "" : firstLine(failure?.found ?? "") || outcome;
  return { state: outcome, startedAt: cell.startedAt ?? at, seconds, detail };
}

/** Steps under way when the seat came to its end were stopped. */
function stopCells(cells: SeatRow["cells"], at: number): SeatRow["cells"] {
  const stop = (cell: Cell): Cell =>
    cell.state === "running"
      ? { ...cell, state: "unfinished", seconds: (at - (cell.startedAt ?? at)) / 1000, detail: "" }
      : cell;
  return Object.fromEntries(Object.entries(cells).map(([step, cell]) => [step, stop(cell)]));
}

function withCell(row: SeatRow, step: string, cell: Cell): SeatRow {
  return { ...row, cells: { ...row.cells, [step]: cell } };
}
