import { z } from "zod";
import type { ClientMessage, ServerMessage } from "../../protocol";

/** A browser's line to its terminal, over whatever gets through. */
export interface Link {
  send(message: ServerMessage): void;
  /** How much waits to be taken by the browser: bytes, or characters of text. */
  waiting(): number;
  /** Takes no more messages from the browser, which then has to keep them; and takes them again. */
  pause(): void;
  resume(): void;
  onMessage(listener: (message: ClientMessage) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

const LONGEST_KEYS = 64 * 1024;

/**
 * A link with more waiting than this is closed, whatever it is. Terminals stop far below (MOST_WAITING): this bounds what else
 * is said to a browser that takes nothing.
 */
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

/** Reads what a browser sent; undefined for anything that our page does not send. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
