import { stepName } from "../../../core/step-name";
import { clip, fill, formatDuration, formatElapsed, spinnerAt } from "../../../core/text";
import { foldRows } from "../live-view";
import {
  type CellLayout,
  cellTexts,
  currentStep,
  type ListLayout,
  layOut,
  listTitle,
  type Moment,
  type NarrowLayout,
  seatDetail,
  type TableLayout,
  TIME_WIDTH,
} from "./layout";
import { type CellState, cellOf, type SeatRow, type SeatState, type VerdictBoard } from "./model";

/** What the board is drawn onto, and when. */
export interface View extends Moment {
  readonly columns: number;
  /** Lines of the terminal; the board uses one less, for the cursor. */
  readonly rows: number;
}

/** What is worth seeing first when the terminal is too low for all. */
const SEAT_RANK: Readonly<Record<SeatState, number>> = {
  failed: 0,
  performing: 1,
  interrupted: 2,
  passed: 3,
  waiting: 4,
};
const STEP_RANK: Readonly<Record<CellState, number>> = {
  failed: 0,
  running: 1,
  unfinished: 2,
  blocked: 3,
  waiting: 4,
  passed: 5,
};

/** The whole board as lines of at most `columns - 1` columns, and fewer lines than `rows`. */
export function renderBoard(board: VerdictBoard, view: View): string {
  const header = view.colors.bold(clip(headerText(board, view.now), view.columns - 1));
  return [header, ...bodyLines(board, view)].join("\n");
}

function headerText(board: VerdictBoard, now: number): string {
  const { startedAt, endedAt, isStopping } = board;
  const stopping = isStopping && endedAt === undefined ? " · stopping, cleaning up" : "";
  const elapsed = `${endedAt === undefined ? formatElapsed(now - startedAt) : formatDuration(endedAt - startedAt)}${stopping}`;
  const [only, ...more] = board.seats;
  if (only !== undefined && more.length === 0) {
    const states = board.steps.map(({ id }) => cellOf(only, id).state);
    return `${board.title} on ${only.seat}: ${countPassed(states, "steps")} · ${elapsed}`;
  }
  const states = board.seats.map(({ state }) => state);
  return `${board.title}: ${countPassed(states, "seats")} · ${elapsed}`;
}

function countPassed(states: readonly string[], noun: string): string {
  const count = (state: string) => states.filter((other) => other === state).length;
  const failed = count("failed") > 0 ? `, ${count("failed")} failed` : "";
  return `${count("passed")} of ${states.length} ${noun} passed${failed}`;
}

function bodyLines(board: VerdictBoard, view: View): readonly string[] {
  const layout = layOut(board, view.columns);
  switch (layout.kind) {
    case "list":
      return listLines(board, layout, view);
    case "table":
      return [titleLine(layout, view), ...seatLines(board, view, 2, (row) => tableRow(board, row, layout, view))];
    case "one step":
      return seatLines(board, view, 1, (row) => narrowRow(board, row, layout, view));
  }
}

function listLines(board: VerdictBoard, { row, titleWidth, detailWidth }: ListLayout, view: View): readonly string[] {
  const { colors } = view;
  const { rows, folded } = foldRows(board.steps, view.rows - 2, ({ id }) => STEP_RANK[cellOf(row, id).state]);
  const lines = rows.map(({ id, title }) => {
    const cell = cellOf(row, id);
    const [mark, time, paint] = cellTexts(cell, view);
    const line = `  ${paint(mark)} ${fill(listTitle(id, title), titleWidth)}  ${paint(fill(time, TIME_WIDTH))}`;
    const paintDetail = cell.state === "failed" ? colors.red : colors.dim;
    return cell.detail === "" || detailWidth < 3 ? line : `${line}  ${paintDetail(clip(cell.detail, detailWidth))}`;
  });
  return folded.length === 0 ? lines : [...lines, colors.dim(`  … and ${folded.length} more steps`)];
}

function titleLine({ nameWidth, cells }: TableLayout, { colors }: View): string {
  return colors.dim([" ".repeat(nameWidth), ...cells.map(({ title, width }) => fill(title, width))].join(" "));
}

/** The seats that fit below `taken` lines, and one line for those that do not. */
function seatLines(
  board: VerdictBoard,
  view: View,
  taken: number,
  renderRow: (row: SeatRow) => string,
): readonly string[] {
  const { rows, folded } = foldRows(board.seats, view.rows - 1 - taken, ({ state }) => SEAT_RANK[state]);
  return [...rows.map(renderRow), ...foldedLine(folded, view)];
}

function tableRow(board: VerdictBoard, row: SeatRow, layout: TableLayout, view: View): string {
  const [detail, paint] = seatDetail(board, row, view.colors);
  const { cells, room } = detail === "" ? { cells: layout.cells, room: 0 } : makeRoom(row, layout);
  const texts = cells.map(({ step, width }) => {
    const [mark, time, paintCell] = cellTexts(cellOf(row, step), view);
    return paintCell(fill(`${mark} ${time}`, width));
  });
  const line = [fill(row.seat, layout.nameWidth), ...texts].join(" ");
  return detail === "" ? line : `${line}  ${paint(clip(detail, room))}`;
}

/** A detail takes the place of the steps not yet begun: they have nothing to say. */
function makeRoom(row: SeatRow, layout: TableLayout): { cells: readonly CellLayout[]; room: number } {
  const begun = layout.cells.findLastIndex(({ step }) => cellOf(row, step).state !== "waiting") + 1;
  const freed = layout.cells.slice(begun).reduce((sum, { width }) => sum + width + 1, 0);
  return { cells: layout.cells.slice(0, begun), room: layout.detailWidth + freed };
}

function narrowRow(board: VerdictBoard, row: SeatRow, layout: NarrowLayout, view: View): string {
  const passed = board.steps.filter(({ id }) => cellOf(row, id).state === "passed").length;
  const [detail, paint] = seatDetail(board, row, view.colors);
  const spinner = row.state === "performing" ? `${spinnerAt(view.now)} ` : "";
  const current = currentStep(board, row);
  const step = current === undefined ? "" : `${stepName(current.id)}: `;
  const text = `${spinner}${passed}/${board.steps.length} ${step}${detail === "" ? row.state : detail}`;
  return `${fill(row.seat, layout.nameWidth)}  ${paint(clip(text, layout.detailWidth))}`;
}

function foldedLine(folded: readonly SeatRow[], { colors, columns }: View): string[] {
  if (folded.length === 0) {
    return [];
  }
  const numbers = new Map<SeatState, number>();
  for (const { state } of folded) {
    numbers.set(state, (numbers.get(state) ?? 0) + 1);
  }
  const parts = [...numbers].map(([state, count]) => `${count} ${state}`);
  return [colors.dim(clip(`… and ${folded.length} more seats: ${parts.join(", ")}`, columns - 1))];
}
