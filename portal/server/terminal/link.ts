import type { WebSocket } from "ws";
import { z } from "zod";
import type { ClientMessage, ServerMessage } from "../../protocol";
import { contain, parseJson } from "../boundary";

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

const HEARTBEAT_MILLISECONDS = 20_000;
/** Time limit for a browser to answer a close. */
const CLOSE_MILLISECONDS = 3000;
/** Most bytes that a browser may send after a close: a page's last keys, not a flood's backlog. */
const MOST_LATE_BYTES = 64 * 1024;
/** What a message counts at least: many small ones take time. */
const LEAST_OF_A_MESSAGE = 4 * 1024;

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
  return messageSchema.safeParse(parseJson(text)).data;
}

/** A link over a WebSocket, which is closed if the browser does not answer pings. */
export function webSocketLink(socket: WebSocket): Link {
  let isAlive = true;
  let isClosing = false;
  const end = () => socket.terminate();
  const close = (code: number, reason?: string) => {
    isClosing = true;
    socket.close(code, reason);
    // A paused socket would not receive the answer, which comes after pending messages.
    socket.resume();
    const timer = setTimeout(end, CLOSE_MILLISECONDS);
    socket.once("close", () => clearTimeout(timer));
  };
  let listener: (message: ClientMessage) => void = () => {};
  const hear = (text: string | undefined) => {
    const message = text === undefined ? undefined : parseClientMessage(text);
    if (message === undefined) {
      close(1008, "invalid message");
    } else {
      listener(message);
    }
  };
  let late = 0;
  socket.on("message", (data: Buffer, isBinary) => {
    if (!isClosing) {
      contain("message of a browser", () => hear(isBinary ? undefined : String(data)), end);
      return;
    }
    late += Math.max(data.length, LEAST_OF_A_MESSAGE);
    if (late > MOST_LATE_BYTES) {
      end();
    }
  });
  const beat = () => {
    if (!isAlive) {
      end();
      return;
    }
    isAlive = false;
    socket.ping();
  };
  const heartbeat = setInterval(() => contain("WebSocket", beat, end), HEARTBEAT_MILLISECONDS);
  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("close", () => clearInterval(heartbeat));
  // An error is followed by a close event, which is handled.
  socket.on("error", () => {});
  return {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) {
        return;
      }
      if (socket.bufferedAmount > MOST_OF_A_LINK) {
        socket.terminate();
        return;
      }
      socket.send(JSON.stringify(message));
    },
    waiting: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    onMessage: (heard) => {
      listener = heard;
    },
    onClose: (listener) => void socket.once("close", () => contain("end of a WebSocket", listener)),
    close: () => close(1000),
  };
}
