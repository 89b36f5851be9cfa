import { clip, compactDuration, fill, formatDuration, formatElapsed, spinnerAt } from "../../../core/text";
import type { Colors } from "../stream";
import { type Board, type Change, PHASES, type Progress, type SeatRow } from "./model";
import { currentPhase, firstFailureLine, rowDuration, seatStatus } from "./status";

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
