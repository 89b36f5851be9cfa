import { stepName } from "../../../core/step-name";
import { compactDuration, formatDuration, formatElapsed, spinnerAt, textWidth } from "../../../core/text";
import type { StepTitle } from "../../workflows/verify/verdict";
import type { Colors } from "../stream";
import { type Cell, type CellState, cellOf, type SeatRow, type VerdictBoard } from "./model";

/**
 * How the board is laid out in the columns there are: one seat's steps below each other, a table of seats by steps, or,
 * where that does not fit, one step a seat.
 */
export type Layout = ListLayout | TableLayout | NarrowLayout;

export interface ListLayout {
  readonly kind: "list";
  readonly row: SeatRow;
  readonly titleWidth: number;
  readonly detailWidth: number;
}

export interface TableLayout {
  readonly kind: "table";
  readonly nameWidth: number;
  readonly cells: readonly CellLayout[];
  readonly detailWidth: number;
}

export interface NarrowLayout {
  readonly kind: "one step";
  readonly nameWidth: number;
  readonly detailWidth: number;
}

export interface CellLayout {
  readonly step: string;
  readonly title: string;
  readonly width: number;
}

/** Room for a mark, a space and a duration: "✓ 2m05s". */
const CELL_WIDTH = 7;
/** Room for a duration alone, or one word. */
export const TIME_WIDTH = 7;
const LEAST_DETAIL_WIDTH = 12;
/** Two columns before a step's line in the list, a mark and a space. */
const LIST_MARGIN = 4;

/** The layout for a terminal of `columns`. */
export function layOut(board: VerdictBoard, columns: number): Layout {
  // One column stays free: a line that fills the last one makes some terminals wrap.
  const room = columns - 1;
  const [only, ...more] = board.seats;
  if (only !== undefined && more.length === 0) {
    return listLayout(board, only, room);
  }
  const nameWidth = Math.max(0, ...board.seats.map(({ seat }) => textWidth(seat)));
  const cells = board.steps.map(({ id }) => {
    const title = stepName(id);
    return { step: id, title, width: Math.max(textWidth(title), CELL_WIDTH) };
  });
  const detailWidth = room - cells.reduce((sum, { width }) => sum + 1 + width, nameWidth) - 2;
  return detailWidth >= LEAST_DETAIL_WIDTH
    ? { kind: "table", nameWidth, cells, detailWidth }
    : { kind: "one step", nameWidth, detailWidth: Math.max(0, room - nameWidth - 2) };
}

/** A step's title as the list has it: "3  Image creation using a Dockerfile". */
export function listTitle(id: string, title: string): string {
  return /^\d+$/.test(id) ? `${id}  ${title}` : title;
}

function listLayout(board: VerdictBoard, row: SeatRow, room: number): ListLayout {
  const widest = Math.max(0, ...board.steps.map(({ id, title }) => textWidth(listTitle(id, title))));
  const titleWidth = Math.max(0, Math.min(widest, room - LIST_MARGIN - TIME_WIDTH - 2));
  const detailWidth = Math.max(0, room - LIST_MARGIN - titleWidth - 2 - TIME_WIDTH - 2);
  return { kind: "list", row, titleWidth, detailWidth };
}

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
