import { stepName } from "../../../core/step-name";
import { textWidth } from "../../../core/text";
import type { SeatRow, VerdictBoard } from "./model";

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
