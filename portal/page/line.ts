import type { ClientMessage, PollAnswer, ServerMessage } from "../protocol";
import { ask, Refusal } from "./api";

/** A WebSocket that says nothing for so long is filtered by something on the way. */
const FIRST_MESSAGE_MILLISECONDS = 4000;
const PAUSES_MILLISECONDS = [500, 1000, 2000, 4000] as const;
const OUT_OF_REACH = "The portal cannot be reached. Trying again; you need not reload.";

/** The page's line to its terminal. */
export interface Line {
  send(message: ClientMessage): void;
  close(): void;
}

export interface LineEvents {
  /** `?seat=...` for the instructor, else empty. */
  readonly query: string;
  onMessage(message: ServerMessage): void;
  /** A new line is there: what it has to know first. */
  firstMessages(): ClientMessage[];
  /** The server has taken the seat away from this browser. */
  onForbidden(): void;
}

/** How a line ended: before anything came over it, or later. */
type Ending = "never opened" | "lost";
type Send = (message: ClientMessage) => void;

/** Keeps a line to the terminal: by WebSocket, or by requests where those are filtered. Connects again until it is closed. */
export function openLine(events: LineEvents): Line {
  const closed = new AbortController();
  let send: Send = () => {};
  const setSend = (next: Send) => {
    send = next;
  };
  void keepOpen(events, setSend, closed.signal);
  return { send: (message) => send(message), close: () => closed.abort() };
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
    areSocketsFiltered = bySocket === "never opened" && ending === "lost";
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
      resolve(hasOpened ? "lost" : "never opened");
    };
    const stop = () => socket.close();
    const timer = setTimeout(() => {
      // It may take the browser long to give up by itself.
      socket.close();
      end();
    }, FIRST_MESSAGE_MILLISECONDS);
    closed.addEventListener("abort", stop);
    socket.addEventListener("message", ({ data }) => {
      if (!hasOpened) {
        hasOpened = true;
        clearTimeout(timer);
        const send: Send = (message) => socket.send(JSON.stringify(message));
        setSend(send);
        events.firstMessages().forEach(send);
      }
      events.onMessage(JSON.parse(String(data)) as ServerMessage);
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
  }
  return hasOpened ? "lost" : "never opened";
}

/** Sends messages in order: those that come while a request is under way go together with the next one. */
function sender(path: string): Send {
  let waiting: ClientMessage[] = [];
  let isSending = false;
  const sendAll = async () => {
    isSending = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      // A lost line is noticed by who waits for the screen.
      await ask(path, batch).catch(() => {});
    }
    isSending = false;
  };
  return (message) => {
    waiting.push(message);
    if (!isSending) {
      void sendAll();
    }
  };
}

function pause(milliseconds: number, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    closed.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
