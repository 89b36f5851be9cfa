import { firstLine } from "../../../core/text";
import type { StepVerdict } from "../../../lesson/types";
import { type Cell, cellOf, type SeatEvent, type SeatRow, type VerdictBoard, type VerdictEvent } from "./model";

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
