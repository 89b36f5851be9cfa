import { createInterface } from "node:readline/promises";
import { escapeControls } from "../../core/safe-output";
import { type OutputStream, terminalOf } from "./stream";

/** Where a question is put, and answered. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: OutputStream;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Asks a question; anything but a yes is a no, and so is an end of input. */
export async function confirm(question: string, { input, output, signal }: Terminal): Promise<"yes" | "no"> {
  const lines = createInterface({ input, output: terminalOf(output) });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([lines.question(`${escapeControls(question)} [y/N] `, { signal }), ended]);
    return /^\s*y(es)?\s*$/i.test(answer) ? "yes" : "no";
  } finally {
    lines.close();
  }
}
