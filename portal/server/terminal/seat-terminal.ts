import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../core/errors";
import type { ClientMessage } from "../../protocol";
import { contain } from "../boundary";
import type { RateLimit } from "../rate-limit";
import type { SeatNode } from "../seat-nodes";
import { Flow } from "./flow";
import type { Link } from "./link";
import { MOST_UNREAD, openPty, type Pty, type Size, type WindowSize } from "./pty";

/** Most bytes waiting for a browser. Above this, the node is not read until half of them are sent. */
export const MOST_WAITING = 256 * 1024;
/** Most bytes waiting for a node. Above this, the browser is not read until half of them are sent. */
export const MOST_UNTAKEN = 256 * 1024;
/** Size of a message besides its keys. */
const MESSAGE_OVERHEAD_BYTES = 64;
const WAIT_FOR_SIZE_MILLISECONDS = 1000;
const CONNECTING = "Connecting to your machine.";
const PAUSES_SECONDS = [1, 2, 3, 5, 8, 10] as const;
/** A session that lasted longer was ended by its student. */
const LASTED_MILLISECONDS = 2000;
const ENDINGS = {
  "session ended": "The shell has ended; this is a new one. Nothing on your machine is lost.",
  "connection lost": "The connection to your machine was lost. Reconnecting.",
} as const;
const INPUT_LOST = "Your machine did not accept what was typed or pasted; the rest of it is lost. Reconnecting.";
const TOO_MUCH_SHOWN = "Your other terminals show too much at once. This one connects when they stop.";
const REPLACED = "Your machine was replaced by a new one. Your work on the old one is gone: start again at step 1.";
/** Clears an xterm, its settings included, before another screen. */
const RESET = "\x1bc";

type PauseReason = "the node is slow" | "too many keys";

export interface TerminalDependencies {
  node(): Promise<SeatNode>;
  /** Whether this browser's window decides the session's size. */
  readonly window: WindowSize;
  /** Limits of all terminals of the owner: bytes sent, and characters shown. */
  readonly rates: { readonly keys: RateLimit; readonly screen: RateLimit };
  /** Resolves when a session may start, or the signal is aborted. */
  mayStart(signal: AbortSignal): Promise<void>;
  /** Called when keys are typed. */
  onActivity(): void;
  /** Called with all output of the terminal. */
  onScreen(text: string): void;
  /** Called with the machine ID at each connection. Returns whether the seat had another machine before. */
  onMachine(machine: string): "same" | "replaced";
  /** Called before reading of the node pauses. `held` returns the buffered bytes. Undefined if the seat has too many paused terminals. */
  takePause(held: () => number): Pause | undefined;
}

/** A pause in reading a node. */
export interface Pause {
  /** Whether all terminals together buffer too much, and this one at least an average share. */
  holdsTooMuch(): boolean;
  end(): void;
}

/** One browser's terminal. Reports problems of the node and reconnects until the browser disconnects. */
export class SeatTerminal {
  #pty: Pty | undefined;
  #flows: { readonly toBrowser: Flow; readonly toNode: Flow } | undefined;
  #size: Size = { columns: 80, rows: 24 };
  #onSize: () => void = () => {};
  #machine: string | undefined;
  #failures = 0;
  /** Why the browser is not read now. */
  readonly #pauses = new Set<PauseReason>();
  readonly #gone = new AbortController();

  constructor(
    readonly link: Link,
    readonly dependencies: TerminalDependencies,
  ) {
    link.onMessage((message) => {
      this.#countKeys(message);
      if (message.kind === "size") {
        this.#size = message;
        this.#onSize();
        this.#pty?.resize(message);
      } else {
        dependencies.onActivity();
        this.#pty?.write(message.text);
      }
      this.#flows?.toNode.check();
    });
    link.onClose(() => {
      this.#gone.abort();
      this.#pty?.close();
      this.#endFlows();
    });
  }

  /** Shows the seat's terminal until the browser disconnects. */
  async run(): Promise<void> {
    await this.#firstSize();
    while (!this.#gone.signal.aborted) {
      try {
        await this.#show();
      } catch (error) {
        this.#failures += 1;
        const text = `Your machine cannot be reached: ${reasonOf(error)}. Reconnecting; you do not need to reload the page.`;
        this.link.send({ kind: "state", state: "waiting", text });
      }
      if (this.#failures > 0) {
        const pause = PAUSES_SECONDS[Math.min(this.#failures, PAUSES_SECONDS.length) - 1] ?? 1;
        await sleep(pause * 1000, undefined, { signal: this.#gone.signal }).catch(() => {});
      }
    }
  }

  /** A session shown in a wrong size first would leave torn lines in the browser's history. */
  async #firstSize(): Promise<void> {
    this.link.send({ kind: "state", state: "connecting", text: CONNECTING });
    const size = new Promise<void>((resolve) => {
      this.#onSize = resolve;
    });
    await Promise.race([size, sleep(WAIT_FOR_SIZE_MILLISECONDS, undefined, { ref: false })]);
  }

  async #show(): Promise<void> {
    this.link.send({ kind: "state", state: "connecting", text: CONNECTING });
    const { rates, mayStart, window } = this.dependencies;
    const node = await this.dependencies.node();
    if (this.#gone.signal.aborted) {
      return;
    }
    if (rates.screen.excess() > 0) {
      this.link.send({ kind: "state", state: "waiting", text: TOO_MUCH_SHOWN });
    }
    await mayStart(this.#gone.signal);
    if (this.#gone.signal.aborted) {
      return;
    }
    this.#noteMachine(node.machine);
    this.link.send({ kind: "screen", text: RESET });
    const size = this.#size;
    const pty = await openPty(node.client, { ...size, window }, (text) => this.#onScreen(text));
    if (this.#gone.signal.aborted) {
      pty.close();
      return;
    }
    this.#pty = pty;
    this.#flows = this.#flowsOf(pty);
    if (this.#size !== size) {
      pty.resize(this.#size);
    }
    this.link.send({ kind: "state", state: "open", text: "Connected." });
    const started = performance.now();
    const how = await pty.ended;
    this.#pty = undefined;
    this.#endFlows();
    const hasLasted = performance.now() - started > LASTED_MILLISECONDS;
    this.#failures = hasLasted ? 0 : this.#failures + 1;
    if (!this.#gone.signal.aborted) {
      this.link.send({ kind: "notice", text: ENDINGS[how] });
    }
  }

  #noteMachine(machine: string): void {
    const isOther = this.#machine !== undefined && this.#machine !== machine;
    if (this.dependencies.onMachine(machine) === "replaced" || isOther) {
      this.link.send({ kind: "notice", text: REPLACED });
    }
    this.#machine = machine;
  }

  /** Limits the rate of keys, so that one browser does not delay the others. */
  #countKeys(message: ClientMessage): void {
    const keys = message.kind === "keys" ? Buffer.byteLength(message.text) : 0;
    const wait = this.dependencies.rates.keys.count(keys + MESSAGE_OVERHEAD_BYTES);
    if (wait > 0 && !this.#pauses.has("too many keys")) {
      this.#pauseBrowser("too many keys");
      setTimeout(() => contain("terminal", () => this.#resumeBrowser("too many keys")), wait).unref();
    }
  }

  #pauseBrowser(reason: PauseReason): void {
    this.#pauses.add(reason);
    this.link.pause();
  }

  #resumeBrowser(reason: PauseReason): void {
    this.#pauses.delete(reason);
    if (this.#pauses.size === 0) {
      this.link.resume();
    }
  }

  #onScreen(text: string): void {
    this.link.send({ kind: "screen", text });
    this.dependencies.onScreen(text);
    this.dependencies.rates.screen.count(text.length);
    this.#flows?.toBrowser.check();
  }

  /** Flow control of both directions of a session. */
  #flowsOf(pty: Pty) {
    const { link, dependencies } = this;
    let pause: Pause | undefined;
    const toBrowser = new Flow(
      {
        waiting: () => link.waiting() + dependencies.rates.screen.excess(),
        pause: () => {
          pause = dependencies.takePause(() => pty.unread());
          pty.pause();
          return pause !== undefined;
        },
        resume: () => {
          pause?.end();
          pause = undefined;
          pty.resume();
        },
        isOverrun: () => pty.unread() > MOST_UNREAD || pause?.holdsTooMuch() === true,
        giveUp: () => this.#giveUp(),
      },
      MOST_WAITING,
    );
    const toNode = new Flow(
      {
        waiting: () => pty.untaken(),
        pause: () => {
          this.#pauseBrowser("the node is slow");
          return true;
        },
        resume: () => this.#resumeBrowser("the node is slow"),
        isOverrun: () => false,
        giveUp: () => {
          link.send({ kind: "notice", text: INPUT_LOST });
          this.#giveUp();
        },
      },
      MOST_UNTAKEN,
    );
    return { toBrowser, toNode };
  }

  /** Ends the session immediately and drops pending output, because the browser may take long to close the link. */
  #giveUp(): void {
    this.#gone.abort();
    this.#pty?.close();
    this.#pty = undefined;
    this.link.close();
  }

  #endFlows(): void {
    this.#flows?.toBrowser.end();
    this.#flows?.toNode.end();
    this.#flows = undefined;
  }
}

/** Errors of ssh2 and the network, in terms for students, without addresses. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "it refuses connections"],
  [/timed out|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND/i, "it does not answer"],
  [/ECONNRESET|closed the connection|connection was lost/, "it closed the connection"],
];

/** The reason of an error, for students. */
function reasonOf(error: unknown): string {
  const text = messageOf(error);
  const known = REASONS.find(([pattern]) => pattern.test(text));
  return known !== undefined ? known[1] : text.replace(/^The node at \S+ cannot be reached: /, "").replace(/\.$/, "");
}
