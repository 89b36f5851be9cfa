import { compactDuration, formatDuration, formatElapsed, spinnerAt } from "../../../core/text";
import type { StepTitle } from "../../workflows/verify/verdict";
import type { Colors } from "../stream";
import { type Cell, type CellState, cellOf, type SeatRow, type VerdictBoard } from "./model";

/** What is drawn depends on the clock, and on whether there are colours. */
export interface Moment {
  readonly now: number;
  readonly colors: Colors;
}

type Paint = (text: string) => string;

/** A cell's mark, its time or one word, and its colour. */
export function cellTexts(cell: Cell, { now, colors }: Moment): readonly [mark: string, time: string, paint: Paint] {
  const took = compactDuration(formatDuration(cell.seconds * 1000));
  switch (cell.state) {
    case "waiting":
      return ["·", "", colors.dim];
    case "running":
      return [spinnerAt(now), compactDuration(formatElapsed(now - (cell.startedAt ?? now))), colors.cyan];
    case "passed":
      return ["✓", took, colors.green];
    case "failed":
      return ["✗", took, colors.red];
    case "blocked":
      return ["-", "blocked", colors.yellow];
    case "unfinished":
      return ["-", "stopped", colors.dim];
  }
}

/** The step that a seat's one line is about: what failed first, else what is being done. */
export function currentStep(board: VerdictBoard, row: SeatRow): StepTitle | undefined {
  const isIn = (state: CellState) => (step: StepTitle) => cellOf(row, step.id).state === state;
  return board.steps.find(isIn("failed")) ?? board.steps.findLast(isIn("running"));
}

/** What there is to say of a seat in one line: what was found wrong, what is being done, or how long it took. */
export function seatDetail(board: VerdictBoard, row: SeatRow, colors: Colors): readonly [text: string, paint: Paint] {
  const step = currentStep(board, row);
  if (step !== undefined) {
    const { state, detail } = cellOf(row, step.id);
    return [detail, state === "failed" ? colors.red : colors.dim];
  }
  const took = formatDuration((row.endedAt ?? 0) - (row.startedAt ?? 0));
  switch (row.state) {
    case "passed":
      return [`passed in ${took}`, colors.green];
    case "failed":
      return [`failed after ${took}`, colors.red];
    case "performing":
      return ["connecting", colors.dim];
    case "interrupted":
      return ["stopped", colors.dim];
    case "waiting":
      return ["", colors.dim];
  }
}
