import type { Readable } from "node:stream";
import { linesOf } from "../connection/bounded-answer";

/** One line of the answer to a build or push request. */
type AnswerLine =
  | { readonly kind: "trace"; readonly base64: string }
  | { readonly kind: "image"; readonly id: string }
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "other" };

/** The messages of the Engine's answer as they come. */
export async function* readAnswerLines(answer: Readable): AsyncGenerator<AnswerLine> {
  for await (const line of linesOf(answer)) {
    if (line.trim() !== "") {
      yield parseAnswerLine(line);
    }
  }
}

/** Reads a line of the Engine's answer: JSON messages, one a line, of either builder. */
export function parseAnswerLine(line: string): AnswerLine {
  const message: unknown = JSON.parse(line);
  if (!isRecord(message)) {
    return { kind: "other" };
  }
  if (typeof message.error === "string") {
    return { kind: "error", message: message.error };
  }
  if (message.id === "moby.buildkit.trace" && typeof message.aux === "string") {
    return { kind: "trace", base64: message.aux };
  }
  if (isRecord(message.aux) && typeof message.aux.ID === "string") {
    return { kind: "image", id: message.aux.ID };
  }
  const text = typeof message.stream === "string" ? message.stream : message.status;
  return typeof text === "string" ? { kind: "output", text } : { kind: "other" };
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null;
}
