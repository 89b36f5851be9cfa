import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { type ClientMessage, countThatFit, type PollAnswer, type ServerMessage, sizeOf } from "../../protocol";
import { contain } from "../boundary";
import { type Link, MOST_OF_A_LINK } from "./link";

/** Shorter than the timeouts of proxies. */
const HOLD_MILLISECONDS = 20_000;
/** A browser without a request for this long is considered gone. */
const GONE_MILLISECONDS = 60_000;
/** Characters of one answer. The rest comes with the next one. */
const MOST_OF_AN_ANSWER = 64 * 1024;

/** A link by long polling, for networks that block WebSockets. */
export class PollLink implements Link {
  readonly id = randomBytes(16).toString("base64url");
  readonly #events = new EventEmitter<{ message: [ClientMessage]; close: []; news: []; ready: [] }>();
  #first = 1;
  #messages: ServerMessage[] = [];
  #waiting = 0;
  #isPaused = false;
  #isReceiving = false;
  #isClosed = false;
  #isGone: NodeJS.Timeout | undefined;

  constructor() {
    this.#expectRequest();
  }

  /**
   * Waits for messages after this number, which the browser has received. Only one request waits at a time: a new one ends
   * the previous one.
   */
  async poll(after: number): Promise<PollAnswer> {
    clearTimeout(this.#isGone);
    this.#taken(after);
    this.#events.emit("news");
    if (this.#messages.length === 0 && !this.#isClosed) {
      await this.#news();
    }
    this.#expectRequest();
    const messages = this.#messages.slice(0, countThatFit(this.#messages, MOST_OF_AN_ANSWER));
    return { last: this.#first + messages.length - 1, messages };
  }

  /**
   * Passes on a browser's messages; reads them only when the terminal accepts input. Returns false if another request is still
   * in progress.
   */
  async receive(read: () => Promise<readonly ClientMessage[]>): Promise<boolean> {
    if (this.#isReceiving) {
      return false;
    }
    this.#isReceiving = true;
    try {
      if (this.#isPaused && !this.#isClosed) {
        await new Promise<void>((resolve) => this.#events.once("ready", resolve));
      }
      for (const message of await read()) {
        this.#events.emit("message", message);
      }
    } finally {
      this.#isReceiving = false;
    }
    return true;
  }

  send(message: ServerMessage): void {
    if (this.#isClosed) {
      return;
    }
    this.#messages.push(message);
    this.#waiting += sizeOf(message);
    this.#events.emit("news");
    if (this.#waiting > MOST_OF_A_LINK) {
      this.close();
    }
  }

  waiting(): number {
    return this.#waiting;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#events.emit("ready");
  }

  onMessage(listener: (message: ClientMessage) => void): void {
    this.#events.on("message", listener);
  }

  onClose(listener: () => void): void {
    this.#events.on("close", listener);
  }

  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      clearTimeout(this.#isGone);
      this.#events.emit("close");
      this.#events.emit("ready");
      this.#events.emit("news");
    }
  }

  /** Drops messages up to this number. */
  #taken(after: number): void {
    const taken = this.#messages.splice(0, Math.max(0, after + 1 - this.#first));
    this.#first += taken.length;
    this.#waiting -= taken.reduce((sum, message) => sum + sizeOf(message), 0);
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#events.off("news", done);
        resolve();
      };
      const timer = setTimeout(done, HOLD_MILLISECONDS);
      this.#events.on("news", done);
    });
  }

  #expectRequest(): void {
    clearTimeout(this.#isGone);
    if (!this.#isClosed) {
      this.#isGone = setTimeout(() => contain("line by requests", () => this.close()), GONE_MILLISECONDS);
    }
  }
}
