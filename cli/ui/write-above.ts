import type { OutputStream } from "./stream";

/** Something that is redrawn in place at the end of a stream. */
interface View {
  readonly stream: OutputStream;
  clear(): void;
  redraw(): void;
}

let current: View | undefined;

/** Tells that a view is drawn from now on. Gives the function that tells its end. */
export function viewBegins(view: View): () => void {
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
