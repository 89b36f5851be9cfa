import { createLogUpdate } from "log-update";
import { terminalText } from "../../core/safe-output";
import { REDRAW_INTERVAL_MS } from "../../core/text";
import { type OutputStream, terminalOf } from "./stream";

/** Draws what is known now for a terminal of this size. */
export type Render = (size: { readonly columns: number; readonly rows: number }) => string;

/** Something that is redrawn in place at the end of a stream. */
interface View {
  readonly stream: OutputStream;
  clear(): void;
  redraw(): void;
}

const views = new Set<View>();

/**
 * Redraws in place, 8 times a second at most; the clock makes seconds tick between events. Gives the function that ends it:
 * what is drawn last stays.
 */
export function startLiveView(stream: OutputStream, render: Render): () => void {
  const draw = createLogUpdate(terminalOf(stream));
  const columns = () => stream.columns || 80;
  const redraw = (): void => draw(terminalText(render({ columns: columns(), rows: stream.rows || 24 })));
  const timer = setInterval(redraw, REDRAW_INTERVAL_MS).unref();
  redraw();
  const view = { stream, clear: draw.clear, redraw };
  views.add(view);
  return () => {
    clearInterval(timer);
    views.delete(view);
    // What stays may scroll, so here every row has its line, however low the terminal is.
    draw.clear();
    const last = render({ columns: columns(), rows: Number.POSITIVE_INFINITY });
    stream.write(last === "" ? "" : `${last}\n`);
    draw.done();
  };
}

/** Writes lines that stay, above the view where one is drawn: in the middle of it, they would leave old lines of it behind. */
export function writeAbove(stream: OutputStream, text: string): void {
  const view = [...views].findLast((other) => other.stream === stream);
  view?.clear();
  stream.write(text);
  view?.redraw();
}
