import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import type { ClientMessage, PollAnswer, ServerMessage } from "../../protocol";
import type { Link } from "./link";

/** Shorter than what proxies between us allow for. */
const HOLD_MILLISECONDS = 20_000;
/** A browser that asks for nothing for so long has gone. */
const GONE_MILLISECONDS = 60_000;

/** A line by requests alone, where WebSockets are filtered: a request is held until there is something to answer. */
export class PollLink implements Link {
  readonly id = randomBytes(16).toString("base64url");
  readonly #events = new EventEmitter<{ message: [ClientMessage]; close: []; news: [] }>();
  #first = 1;
  #messages: ServerMessage[] = [];
  #isClosed = false;
  #isGone: NodeJS.Timeout | undefined;

  constructor() {
    this.#expectRequest();
  }

  /** Messages after the one with this number, which the browser has, as soon as there are any. */
  async poll(after: number): Promise<PollAnswer> {
    clearTimeout(this.#isGone);
    this.#messages.splice(0, Math.max(0, after + 1 - this.#first));
    this.#first = Math.max(this.#first, after + 1);
    if (this.#messages.length === 0 && !this.#isClosed) {
      await this.#news();
    }
    this.#expectRequest();
    return { last: this.#first + this.#messages.length - 1, messages: [...this.#messages] };
  }

  receive(messages: readonly ClientMessage[]): void {
    for (const message of messages) {
      this.#events.emit("message", message);
    }
  }

  send(message: ServerMessage): void {
    this.#messages.push(message);
    this.#events.emit("news");
  }

  waiting(): number {
    return this.#messages.reduce((sum, { text }) => sum + text.length, 0);
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
      this.#events.emit("news");
    }
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
      this.#isGone = setTimeout(() => this.close(), GONE_MILLISECONDS);
    }
  }
}
