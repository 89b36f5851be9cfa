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

/** The page's connection to its terminal. */
export interface Line {
  send(message: ClientMessage): void;
  close(): void;
}

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

/** Keeps a line to the terminal: by WebSocket, or by requests if those are blocked. Reconnects until it is closed. */
export function openLine(events: LineEvents): Line {
  const closed = new AbortController();
  let send: Send = () => {};
  const setSend = (next: Send) => {
    send = next;
  };
  void keepOpen(events, setSend, closed.signal);
  const sendParts = (message: ClientMessage) => {
    for (const part of partsOf(message)) {
      send(part);
    }
  };
  return { send: sendParts, close: () => closed.abort() };
}

async function keepOpen(events: LineEvents, setSend: (send: Send) => void, closed: AbortSignal): Promise<void> {
  let areSocketsFiltered = false;
  let failures = 0;
  while (!closed.aborted) {
    const bySocket: Ending = areSocketsFiltered ? "never opened" : await overWebSocket(events, setSend, closed);
    const ending: Ending = bySocket === "never opened" ? await overRequests(events, setSend, closed) : bySocket;
    setSend(() => {});
    if (closed.aborted) {
      return;
    }
    areSocketsFiltered = bySocket === "never opened" && ending !== "never opened";
    if (ending === "full") {
      await pause(FULL_PAUSE_MILLISECONDS, closed);
      continue;
    }
    failures = ending === "lost" ? 0 : failures + 1;
    events.onMessage({ kind: "state", state: "waiting", text: OUT_OF_REACH });
    await pause(PAUSES_MILLISECONDS[Math.min(failures, PAUSES_MILLISECONDS.length - 1)] ?? 1000, closed);
  }
}

function overWebSocket(events: LineEvents, setSend: (send: Send) => void, closed: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const url = new URL(`/terminal${events.query}`, location.href);
    url.protocol = "wss:";
    let hasOpened = false;
    let isFull = false;
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch {
      resolve("never opened");
      return;
    }
    const end = () => {
      clearTimeout(timer);
      closed.removeEventListener("abort", stop);
      resolve(isFull ? "full" : hasOpened ? "lost" : "never opened");
    };
    const stop = () => socket.close();
    const timer = setTimeout(() => {
      // The browser may take long to give up.
      socket.close();
      end();
    }, FIRST_MESSAGE_MILLISECONDS);
    closed.addEventListener("abort", stop);
    socket.addEventListener("message", ({ data }) => {
      if (!hasOpened) {
        hasOpened = true;
        clearTimeout(timer);
        const send: Send = (message) => {
          if (socket.bufferedAmount < MOST_WAITING) {
            socket.send(JSON.stringify(message));
          }
        };
        setSend(send);
        events.firstMessages().forEach(send);
      }
      const message = JSON.parse(String(data)) as ServerMessage;
      isFull = message.kind === "state" && message.state === "full";
      events.onMessage(message);
    });
    socket.addEventListener("close", end);
  });
}

async function overRequests(events: LineEvents, setSend: (send: Send) => void, closed: AbortSignal): Promise<Ending> {
  let hasOpened = false;
  try {
    const { id } = await ask<{ id: string }>(`/api/terminal${events.query}`, {});
    const path = `/api/terminal/${id}`;
    const send = sender(path + events.query);
    hasOpened = true;
    setSend(send);
    events.firstMessages().forEach(send);
    const separator = events.query === "" ? "?" : "&";
    for (let after = 0; !closed.aborted; ) {
      const { last, messages } = await ask<PollAnswer>(`${path}${events.query}${separator}after=${after}`);
      after = last;
      messages.forEach(events.onMessage);
    }
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) {
      events.onForbidden();
    }
    if (!hasOpened && error instanceof Refusal && error.status === 409) {
      events.onMessage({ kind: "state", state: "full", text: error.message });
      return "full";
    }
  }
  return hasOpened ? "lost" : "never opened";
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
