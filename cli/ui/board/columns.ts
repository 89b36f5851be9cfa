import { clip, compactDuration, fill, formatDuration, formatElapsed, spinnerAt } from "../../../core/text";
import type { Colors } from "../stream";
import { type Board, type Change, PHASES, type Phase, type Progress, type SeatRow } from "./model";
import { currentPhase, firstFailureLine, rowDuration, seatStatus } from "./status";

/** How the table is laid out in the columns there are. */
export interface TableLayout {
  readonly kind: "full" | "short" | "one phase";
  readonly nameWidth: number;
  readonly gap: string;
  readonly cells: readonly CellLayout[];
  /** What is left for the latest detail; 0 when there is no room worth using. */
  readonly detailWidth: number;
}

export interface CellLayout {
  readonly phase: Phase;
  readonly title: string;
  readonly width: number;
}

/** Room for a mark, a space and a duration: "✓ 2m05s". */
const CELL_WIDTH = 7;
const LEAST_DETAIL_WIDTH = 12;

/** Titles for a narrow table, in table order. */
const SHORT_TITLES: readonly (readonly [Phase, string])[] = [
  ["machine", "machine"],
  ["cloud-init", "cloud"],
  ["Docker", "Docker"],
  ["base images", "base"],
  ["figlet", "figlet"],
  ["hello:v0.1", "v0.1"],
  ["hello:v0.2", "v0.2"],
];

/** The widest layout that leaves room for details; below that short titles, and below those one phase a seat. */
export function layOut(columns: number, nameWidth: number): TableLayout {
  // One column stays free: a line that fills the last one makes some terminals wrap.
  const room = columns - 1;
  const full = SHORT_TITLES.map(([phase]) => ({ phase, title: phase, width: Math.max(phase.length, CELL_WIDTH) }));
  const short = SHORT_TITLES.map(([phase, title]) => ({ phase, title, width: CELL_WIDTH }));
  const fullDetail = detailWidth(room, nameWidth, full, 2);
  if (fullDetail >= LEAST_DETAIL_WIDTH * 2) {
    return { kind: "full", nameWidth, gap: "  ", cells: full, detailWidth: fullDetail };
  }
  const shortDetail = detailWidth(room, nameWidth, short, 1);
  if (shortDetail >= LEAST_DETAIL_WIDTH) {
    return { kind: "short", nameWidth, gap: " ", cells: short, detailWidth: shortDetail };
  }
  return { kind: "one phase", nameWidth, gap: "  ", cells: [], detailWidth: Math.max(0, room - nameWidth - 2) };
}

function detailWidth(room: number, nameWidth: number, cells: readonly CellLayout[], gapWidth: number): number {
  const taken = cells.reduce((sum, cell) => sum + gapWidth + cell.width, nameWidth);
  return room - taken - 2;
}

/** What a cell's text and colour depend on besides its phase. */
export interface CellView {
  readonly mode: Board["mode"];
  readonly now: number;
  readonly colors: Colors;
}

type Paint = (text: string) => string;

/** One phase in `width` columns: a mark and its seconds, or one word. */
export function renderCell(progress: Progress, width: number, view: CellView): string {
  const [text, paint] = cellContent(progress, view);
  return paint(fill(text, width));
}

function cellContent(progress: Progress, { mode, now, colors }: CellView): readonly [string, Paint] {
  const took = compactDuration(formatDuration((progress.endedAt ?? now) - (progress.startedAt ?? now)));
  switch (progress.state) {
    case "waiting":
      return ["·", colors.dim];
    case "running":
      return [`${spinnerAt(now)} ${compactDuration(formatElapsed(now - (progress.startedAt ?? now)))}`, colors.cyan];
    case "unchanged":
      return ["same", colors.dim];
    case "failed":
      return [`✗ ${took}`, colors.red];
    case "deleted":
      return mode === "preview" ? ["delete", colors.red] : ["gone", colors.dim];
    case "done":
      return mode === "preview" ? [progress.change, paintOf(progress.change, colors)] : [`✓ ${took}`, colors.green];
  }
}

function paintOf(change: Change, colors: Colors): Paint {
  return change === "create" ? colors.green : colors.yellow;
}

/** A whole seat in one phase: for terminals too narrow for the table. */
export function renderOnePhase(board: Board, row: SeatRow, width: number, view: Omit<CellView, "mode">): string {
  const { colors, now } = view;
  const status = seatStatus(row);
  const phase = currentPhase(row);
  if (status === "failed") {
    return colors.red(clip(`✗ ${firstFailureLine(board, row.name) || "failed"}`, width));
  }
  if (phase === undefined) {
    const took = status === "ready" && board.mode === "update" ? ` in ${formatDuration(rowDuration(row))}` : "";
    return status === "ready" ? colors.green(clip(`✓ ready${took}`, width)) : colors.dim(clip(status, width));
  }
  const { startedAt, detail } = row.phases[phase];
  const settled = PHASES.filter((other) => ["done", "unchanged", "deleted"].includes(row.phases[other].state)).length;
  const elapsed = formatElapsed(now - (startedAt ?? now));
  const text = `${settled}/${PHASES.length} ${phase}  ${elapsed}${detail === "" ? "" : `  ${detail}`}`;
  return `${colors.cyan(spinnerAt(now))} ${clip(text, width - 2)}`;
}
