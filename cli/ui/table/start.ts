import { startLiveView } from "../live-view";
import { colorsFor, drawingStyle, type OutputStream } from "../stream";
import type { Table, TableView } from "./model";
import { startPlainView } from "./plain";
import { renderTable } from "./render";

/**
 * Shows a table until it is ended: redrawn in place on a terminal, in lines elsewhere. `current` is called for every redraw,
 * and a last time at the end.
 */
export function startTable(stream: OutputStream, current: () => Table): TableView {
  if (drawingStyle(stream) === "plain") {
    return startPlainView(stream, current);
  }
  const colors = colorsFor(stream);
  const end = startLiveView(stream, (size) => renderTable(current(), { ...size, now: Date.now(), colors }));
  return { flush: () => undefined, end };
}
