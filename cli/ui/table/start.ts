import { startLiveView } from "../live-view";
import { colorsFor, drawingStyle, type OutputStream } from "../stream";
import type { Table } from "./model";
import { startPlainView } from "./plain";
import { renderTable } from "./render";

/**
 * Shows a table until the function that it gives is called: redrawn in place on a terminal, in lines elsewhere. `current` is
 * called for every redraw, and a last time at the end.
 */
export function startTable(stream: OutputStream, current: () => Table): () => void {
  if (drawingStyle(stream) === "plain") {
    return startPlainView(stream, current);
  }
  const colors = colorsFor(stream);
  return startLiveView(stream, (size) => renderTable(current(), { ...size, now: Date.now(), colors }));
}
