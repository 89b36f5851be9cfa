import { z } from "zod";
import type { ClientMessage, ServerMessage } from "../../protocol";

/** A browser's connection to its terminal, by WebSocket or long polling. */
export interface Link {
  send(message: ServerMessage): void;
  /** Bytes, or characters, that wait to be sent to the browser. */
  waiting(): number;
  /** Stops reading messages, which then wait in the browser. */
  pause(): void;
  resume(): void;
  onMessage(listener: (message: ClientMessage) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

const LONGEST_KEYS = 64 * 1024;

/** A link with more waiting data is closed. Terminals pause far below (MOST_WAITING); this also bounds notices. */
export const MOST_OF_A_LINK = 1024 * 1024;

const messageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("keys"), text: z.string().max(LONGEST_KEYS) }),
  z.object({
    kind: z.literal("size"),
    columns: z.number().int().min(2).max(500),
    rows: z.number().int().min(2).max(300),
  }),
]);

export const clientMessagesSchema = z.array(messageSchema).max(1000);

/** Parses a browser's message; undefined if it is invalid. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
