import { clip, fill, formatDuration, formatElapsed, spinnerAt, textWidth } from "../../../core/text";
import type { FoldedRows } from "../live-view";
import type { Colors } from "../stream";
import { type CellLayout, layOut, renderCell, renderOnePhase, type TableLayout } from "./columns";
import { type Board, CLASS_ROW, type Progress, type SeatRow } from "./model";
import { chooseRows } from "./rows";
import {
  classFailed,
  currentPhase,
  failedSeats,
  firstFailureLine,
  isBeingDeleted,
  rowDuration,
  seatStatus,
} from "./status";

/** What the board is drawn onto. */
export interface View {
  readonly columns: number;
  /** Lines of the terminal; the board uses one less, for the cursor. */
  readonly rows: number;
  readonly now: number;
  readonly colors: Colors;
}

/** The whole board as lines of at most `columns - 1` columns, and fewer lines than `rows`. */
export function renderBoard(board: Board, view: View): string {
  const names = [CLASS_ROW, ...board.seats.map((row) => row.name)];
  const layout = layOut(view.columns, Math.max(...names.map(textWidth)));
  const lines = [renderHeader(board, view)];
  if (Object.keys(board.shared).length > 0 || classFailed(board)) {
    lines.push(renderClass(board, layout, view));
  }
  if (board.seats.length > 0) {
    const titles = renderTitles(layout, view.colors);
    const shown = chooseRows(board.seats, view.rows - 1 - lines.length - titles.length);
    lines.push(
      ...titles,
      ...shown.rows.map((row) => renderSeat(board, row, layout, view)),
      ...renderFolded(shown, view),
    );
  }
  return lines.join("\n");
}

function renderHeader(board: Board, view: View): string {
  const elapsed = board.endedAt === undefined ? formatElapsed(view.now - board.startedAt) : duration(board);
  const parts = [`${board.mode === "preview" ? "preview" : "seats"}: ${countSeats(board)}`, elapsed];
  if (board.refreshing.length > 0) {
    parts.splice(1, 0, `checking ${board.refreshing.length} existing resources`);
  }
  return view.colors.bold(clip(parts.join(" · "), view.columns - 1));
}

function duration(board: Board): string {
  return formatDuration((board.endedAt ?? board.startedAt) - board.startedAt);
}

function countSeats(board: Board): string {
  const total = board.seats.length;
  if (total === 0) {
    return "starting";
  }
  const failed = failedSeats(board).length;
  const failures = failed > 0 ? `, ${failed} failed` : "";
  if (board.mode === "preview") {
    return `${total} ${total === 1 ? "seat" : "seats"}${failures}`;
  }
  const statuses = board.seats.map(seatStatus);
  const goal = board.seats.some(isBeingDeleted) ? "deleted" : "ready";
  const reached = statuses.filter((status) => status === goal || (goal === "ready" && status === "unchanged")).length;
  return `${reached} of ${total} ${goal}${failures}`;
}

function renderTitles(layout: TableLayout, colors: Colors): string[] {
  if (layout.kind === "one phase") {
    return [];
  }
  const titles = layout.cells.map((cell) => fill(cell.title, cell.width));
  return [colors.dim([" ".repeat(layout.nameWidth), ...titles].join(layout.gap).trimEnd())];
}

function renderSeat(board: Board, row: SeatRow, layout: TableLayout, view: View): string {
  const name = fill(row.name, layout.nameWidth);
  if (layout.kind === "one phase") {
    return `${name}${layout.gap}${renderOnePhase(board, row, layout.detailWidth, view)}`;
  }
  const [detail, paint] = seatDetail(board, row, view.colors);
  const { cells, room } = makeRoom(row, layout, textWidth(detail));
  const texts = cells.map((cell) => renderCell(row.phases[cell.phase], cell.width, { ...view, mode: board.mode }));
  const line = [name, ...texts].join(layout.gap);
  return detail === "" ? line : `${line}  ${paint(clip(detail, room))}`;
}

/** A detail too long for its column takes the place of the phases not yet begun: they have nothing to say. */
function makeRoom(row: SeatRow, layout: TableLayout, wanted: number): { cells: readonly CellLayout[]; room: number } {
  const cells = [...layout.cells];
  let room = layout.detailWidth;
  for (let last = cells.at(-1); last !== undefined && room < wanted; last = cells.at(-1)) {
    if (row.phases[last.phase].state !== "waiting") {
      break;
    }
    room += last.width + layout.gap.length;
    cells.pop();
  }
  return { cells, room };
}

function seatDetail(board: Board, row: SeatRow, colors: Colors): readonly [string, (text: string) => string] {
  const failure = firstFailureLine(board, row.name);
  if (failure !== "") {
    return [failure, colors.red];
  }
  const phase = currentPhase(row);
  if (phase !== undefined) {
    return [row.phases[phase].detail, colors.dim];
  }
  const isReady = seatStatus(row) === "ready" && board.mode === "update";
  return [isReady ? `ready in ${formatDuration(rowDuration(row))}` : "", colors.green];
}

function renderClass(board: Board, layout: TableLayout, view: View): string {
  const name = `${fill(CLASS_ROW, layout.nameWidth)}${layout.gap}`;
  const room = view.columns - 1 - textWidth(name) - 2;
  const running = Object.entries(board.shared).find(([, progress]) => progress.state === "running");
  if (classFailed(board)) {
    const failure = firstFailureLine(board, CLASS_ROW) || "failed";
    return `${name}${view.colors.red(`✗ ${clip(failure, room)}`)}`;
  }
  if (running) {
    const [resource, progress] = running;
    const elapsed = formatElapsed(view.now - (progress.startedAt ?? view.now));
    const text = [resource, elapsed, progress.detail].filter((part) => part !== "").join("  ");
    return `${name}${view.colors.cyan(spinnerAt(view.now))} ${clip(text, room)}`;
  }
  return `${name}${view.colors.dim(clip(describeShared(Object.values(board.shared), board.mode), room + 2))}`;
}

/** "2 shared resources done", or what else became (in a preview: would become) of them. */
function describeShared(shared: readonly Progress[], mode: Board["mode"]): string {
  const count = `${shared.length} shared ${shared.length === 1 ? "resource" : "resources"}`;
  const ends = new Set(
    shared.map(({ state, change }) => (mode === "preview" && change !== "none" ? `to ${change}` : state)),
  );
  return ends.size === 1 ? `${count} ${[...ends].join()}` : `${count}: ${[...ends].join(", ")}`;
}

function renderFolded({ folded }: FoldedRows<SeatRow>, view: View): string[] {
  if (folded.length === 0) {
    return [];
  }
  const counts = new Map<string, number>();
  for (const row of folded) {
    const status = seatStatus(row);
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  return [view.colors.dim(clip(`… and ${folded.length} more seats: ${parts.join(", ")}`, view.columns - 1))];
}
