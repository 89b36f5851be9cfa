import { createLogUpdate } from "log-update";
import { colorsFor, type OutputStream } from "../stream";
import { REDRAW_INTERVAL_MS } from "../text";
import type { Board } from "./model";
import { renderBoard } from "./render";

/** Shows a board while it changes. */
export interface Drawer {
  /** The board changed; drawing may wait. */
  update(board: Board): void;
  /** The last word: what is shown now stays. */
  finish(board: Board): void;
}

/** The board redrawn in place, 8 times a second at most; the clock makes its seconds tick between events. */
export function liveDrawer(stream: OutputStream, start: Board): Drawer {
  const draw = createLogUpdate(stream);
  const colors = colorsFor(stream);
  let latest = start;
  const render = (rows: number): string =>
    renderBoard(latest, { columns: stream.columns || 80, rows, now: Date.now(), colors });
  const redraw = (): void => draw(render(stream.rows || 24));
  const timer = setInterval(redraw, REDRAW_INTERVAL_MS);
  timer.unref();
  redraw();
  return {
    update(board) {
      latest = board;
    },
    finish(board) {
      clearInterval(timer);
      latest = board;
      // What stays may scroll, so here every seat has its line, however low the terminal is.
      draw.clear();
      stream.write(`${render(Number.POSITIVE_INFINITY)}\n`);
      draw.done();
    },
  };
}
