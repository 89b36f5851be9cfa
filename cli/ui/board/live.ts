import { startLiveView } from "../live-view";
import { colorsFor, type OutputStream } from "../stream";
import type { Board } from "./model";
import { renderBoard } from "./render";

/** Shows a board while it changes. */
export interface Drawer {
  /** The board changed; drawing may wait. */
  update(board: Board): void;
  /** The last word: what is shown now stays. */
  finish(board: Board): void;
}

/** The board redrawn in place. */
export function liveDrawer(stream: OutputStream, start: Board): Drawer {
  const colors = colorsFor(stream);
  let latest = start;
  const stop = startLiveView(stream, (size) => renderBoard(latest, { ...size, now: Date.now(), colors }));
  return {
    update(board) {
      latest = board;
    },
    finish(board) {
      latest = board;
      stop();
    },
  };
}
