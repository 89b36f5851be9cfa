import { createLogUpdate } from "log-update";
import { terminalText } from "../../core/safe-output";
import { REDRAW_INTERVAL_MS } from "../../core/text";
import { type OutputStream, terminalOf } from "./stream";

/** Draws what is known now for a terminal of this size. */
export type Render = (size: { readonly columns: number; readonly rows: number }) => string;

/**
 * Redraws in place, 8 times a second at most; the clock makes seconds tick between events. The function that it gives
 * ends that: what is drawn last stays.
 */
export function startLiveView(stream: OutputStream, render: Render): () => void {
  const draw = createLogUpdate(terminalOf(stream));
  const columns = () => stream.columns || 80;
  const redraw = (): void => draw(terminalText(render({ columns: columns(), rows: stream.rows || 24 })));
  const timer = setInterval(redraw, REDRAW_INTERVAL_MS);
  timer.unref();
  redraw();
  const viewEnds = viewBegins({ stream, clear: draw.clear, redraw });
  return () => {
    clearInterval(timer);
    viewEnds();
    // What stays may scroll, so here every row has its line, however low the terminal is.
    draw.clear();
    stream.write(`${render({ columns: columns(), rows: Number.POSITIVE_INFINITY })}\n`);
    draw.done();
  };
}

/** Something that is redrawn in place at the end of a stream. */
interface View {
  readonly stream: OutputStream;
  clear(): void;
  redraw(): void;
}

let current: View | undefined;

/** Tells that a view is drawn from now on. Gives the function that tells its end. */
function viewBegins(view: View): () => void {
  current = view;
  return () => {
    current = undefined;
  };
}

/** Writes lines that stay, above the view where one is drawn: in the middle of it, they would leave old lines of it behind. */
export function writeAbove(stream: OutputStream, text: string): void {
  const view = current?.stream === stream ? current : undefined;
  view?.clear();
  stream.write(text);
  view?.redraw();
}

/** The rows that fit, in their order, and those that do not. */
export interface FoldedRows<Row> {
  readonly rows: readonly Row[];
  readonly folded: readonly Row[];
}

/** Chooses the rows for `lines` lines, the least `rank` first; when not all fit, one line then says how many are left out. */
export function foldRows<Row>(rows: readonly Row[], lines: number, rank: (row: Row) => number): FoldedRows<Row> {
  if (rows.length <= lines) {
    return { rows, folded: [] };
  }
  const mostInteresting = [...rows].sort((a, b) => rank(a) - rank(b));
  const chosen = new Set(mostInteresting.slice(0, Math.max(0, lines - 1)));
  return { rows: rows.filter((row) => chosen.has(row)), folded: rows.filter((row) => !chosen.has(row)) };
}
