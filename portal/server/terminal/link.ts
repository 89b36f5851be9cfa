import { z } from "zod";
import type { ClientMessage, ServerMessage } from "../../protocol";

/** A browser's line to its terminal, over whatever gets through. */
export interface Link {
  send(message: ServerMessage): void;
  /** How many characters wait to be taken. */
  waiting(): number;
  onMessage(listener: (message: ClientMessage) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

const LONGEST_KEYS = 64 * 1024;

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
