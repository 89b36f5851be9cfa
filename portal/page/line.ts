import { type ClientMessage, countThatFit, type PollAnswer, type ServerMessage, sizeOf } from "../protocol";
import { ask, Refusal } from "./api";

/** A WebSocket without a message for this long is probably blocked by a proxy. */
const FIRST_MESSAGE_MILLISECONDS = 4000;
const PAUSES_MILLISECONDS = [500, 1000, 2000, 4000] as const;
/** Pause if the seat has too many terminals, one of which may be closed meanwhile. */
const FULL_PAUSE_MILLISECONDS = 5000;
/** Characters in one message, the server's limit; pasted text may be longer. */
const LONGEST_KEYS = 16 * 1024;
/** Characters in one request: in JSON up to six times as long; the server's limit is 256 KiB. */
const MOST_OF_A_REQUEST = 32 * 1024;
/** Characters waiting for a slow server. More are dropped, because a program can request terminal replies endlessly. */
const MOST_WAITING = 2 * 1024 * 1024;
const OUT_OF_REACH = "The portal cannot be reached. Reconnecting; you do not need to reload the page.";

export interface LineEvents {
  /** `?seat=...` for the instructor, else empty. */
  readonly query: string;
  onMessage(message: ServerMessage): void;
  /** The first messages on a new line. */
  firstMessages(): ClientMessage[];
  /** This browser has lost its seat. */
  onForbidden(): void;
}

/** How a line ended: before the first message, because the seat has too many terminals, or later. */
type Ending = "never opened" | "full" | "lost";
type Send = (message: ClientMessage) => void;

/**
 * The page's connection to its terminal: by WebSocket, or by requests if those are blocked. Reconnects until it is closed.
 * Messages are dropped while it is not connected.
 */
export class Line {
  #send: Send | undefined;
  readonly #closed = new AbortController();

  constructor(readonly events: LineEvents) {
    void this.#keepOpen();
  }

  send(message: ClientMessage): void {
    for (const part of partsOf(message)) {
      this.#send?.(part);
    }
  }

  close(): void {
    this.#closed.abort();
  }

  async #keepOpen(): Promise<void> {
    const closed = this.#closed.signal;
    let areSocketsFiltered = false;
    let failures = 0;
    while (!closed.aborted) {
      const bySocket: Ending = areSocketsFiltered ? "never opened" : await this.#overWebSocket();
      const ending: Ending = bySocket === "never opened" ? await this.#overRequests() : bySocket;
      this.#send = undefined;
      if (closed.aborted) {
        return;
      }
      areSocketsFiltered = bySocket === "never opened" && ending !== "never opened";
      if (ending === "full") {
        await pause(FULL_PAUSE_MILLISECONDS, closed);
        continue;
      }
      failures = ending === "lost" ? 0 : failures + 1;
      this.events.onMessage({ kind: "state", state: "waiting", text: OUT_OF_REACH });
      await pause(PAUSES_MILLISECONDS[Math.min(failures, PAUSES_MILLISECONDS.length - 1)] ?? 1000, closed);
    }
  }

  #opened(send: Send): void {
    this.#send = send;
    this.events.firstMessages().forEach(send);
  }

  #overWebSocket(): Promise<Ending> {
    return new Promise((resolve) => {
      const url = new URL(`/terminal${this.events.query}`, location.href);
      url.protocol = "wss:";
      let ending: Ending = "never opened";
      let socket: WebSocket;
      try {
        socket = new WebSocket(url);
      } catch {
        resolve(ending);
        return;
      }
      const stop = () => socket.close();
      const end = () => {
        clearTimeout(timer);
        this.#closed.signal.removeEventListener("abort", stop);
        resolve(ending);
      };
      const timer = setTimeout(() => {
        // The browser may take long to give up.
        stop();
        end();
      }, FIRST_MESSAGE_MILLISECONDS);
      this.#closed.signal.addEventListener("abort", stop);
      socket.addEventListener("message", ({ data }) => {
        if (ending === "never opened") {
          clearTimeout(timer);
          this.#opened((message) => {
            if (socket.bufferedAmount < MOST_WAITING) {
              socket.send(JSON.stringify(message));
            }
          });
        }
        const message = JSON.parse(String(data)) as ServerMessage;
        ending = message.kind === "state" && message.state === "full" ? "full" : "lost";
        this.events.onMessage(message);
      });
      socket.addEventListener("close", end);
    });
  }

  async #overRequests(): Promise<Ending> {
    const { query, onMessage, onForbidden } = this.events;
    let hasOpened = false;
    try {
      const { id } = await ask<{ id: string }>(`/api/terminal${query}`, {});
      const path = `/api/terminal/${id}${query}`;
      hasOpened = true;
      this.#opened(sender(path));
      for (let after = 0; !this.#closed.signal.aborted; ) {
        const { last, messages } = await ask<PollAnswer>(`${path}${query === "" ? "?" : "&"}after=${after}`);
        after = last;
        messages.forEach(onMessage);
      }
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) {
        onForbidden();
      }
      if (!hasOpened && error instanceof Refusal && error.status === 409) {
        onMessage({ kind: "state", state: "full", text: error.message });
        return "full";
      }
    }
    return hasOpened ? "lost" : "never opened";
  }
}

/** Splits keys into messages within the server's limit, without splitting a character. */
export function partsOf(message: ClientMessage): ClientMessage[] {
  if (message.kind !== "keys") {
    return [message];
  }
  const { text } = message;
  const parts: ClientMessage[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + LONGEST_KEYS;
    const isCut = /[\ud800-\udbff]/.test(text.charAt(end - 1));
    const part = text.slice(start, isCut ? end - 1 : end);
    parts.push({ kind: "keys", text: part });
    start += part.length;
  }
  return parts;
}

/** Sends messages in order; messages during a request are sent together in the next one. */
function sender(path: string): Send {
  const waiting: ClientMessage[] = [];
  let size = 0;
  let isSending = false;
  const sendAll = async () => {
    isSending = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, countThatFit(waiting, MOST_OF_A_REQUEST));
      size -= batch.reduce((sum, message) => sum + sizeOf(message), 0);
      // The request for the screen notices a lost line.
      await ask(path, batch).catch(() => {});
    }
    isSending = false;
  };
  return (message) => {
    if (size > MOST_WAITING) {
      return;
    }
    waiting.push(message);
    size += sizeOf(message);
    if (!isSending) {
      void sendAll();
    }
  };
}

function pause(milliseconds: number, closed: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    closed.addEventListener("abort", resolve, { once: true });
  });
}
