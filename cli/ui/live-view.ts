import { createLogUpdate } from "log-update";
import { terminalText } from "../../core/safe-output";
import { REDRAW_INTERVAL_MS } from "../../core/text";
import { type OutputStream, terminalOf } from "./stream";
import { viewBegins } from "./write-above";

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
