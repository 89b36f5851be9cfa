import type { NodeSession, SessionOptions, SessionReply } from "../../../core/node-shell";
import { shownOnTerminal } from "../../../core/terminal-text";
import { CappedOutput } from "./capped-output";
import {
  cutNotice,
  DEFAULT_MAX_OUTPUT_BYTES,
  DEFAULT_TIMEOUT_SECONDS,
  type StartedCommand,
  TIMED_OUT,
  TOO_MUCH_OUTPUT,
} from "./channel";

/** The connection that a session runs over. */
export interface SessionNode {
  /** Throws the error for a lost connection. */
  readonly lost: () => never;
  /** Ends the connection to a node that does not stop sending. */
  readonly disconnect: () => void;
}

/** Waits for the program's first prompt, or its end. */
export async function openSession(
  started: StartedCommand,
  options: SessionOptions,
  node: SessionNode,
): Promise<NodeSession> {
  const session = new SshSession(started, options, node);
  const greeting = await session.reply();
  return { greeting, type: (line) => session.type(line), close: () => session.close() };
}

/** What stops waiting. */
type Event = "prompt" | "end" | "late" | "full" | "aborted";

/** The search for the prompt takes at most this share of the time, however small the pieces of output are. */
const SEARCH_SHARE = 1 / 4;

class SshSession {
  readonly #received: CappedOutput;
  #typed = "";
  #wake: () => void = () => {};
  #isOver = false;

  constructor(
    readonly started: StartedCommand,
    readonly options: SessionOptions,
    readonly node: SessionNode,
  ) {
    this.#received = new CappedOutput(this.#maxBytes, {
      onFull: () => this.close(),
      onFlood: () => node.disconnect(),
    });
    const take = (chunk: Buffer) => {
      this.#received.add(chunk);
      this.#wake();
    };
    started.channel.on("data", take);
    // A terminal has no second stream; a node may still send one.
    started.channel.stderr.on("data", take);
    started.ended.then(() => {
      this.#isOver = true;
      this.#wake();
    });
  }

  async type(line: string): Promise<SessionReply> {
    this.options.signal?.throwIfAborted();
    this.#received.clear();
    this.#typed = line;
    if (!this.#isOver) {
      this.started.channel.write(`${line}\n`);
    }
    return this.reply();
  }

  close(): void {
    this.started.channel.close();
  }

  /** What is shown from now on until the next prompt, or the end. */
  async reply(): Promise<SessionReply> {
    const begin = performance.now();
    const event = await this.#nextEvent();
    this.options.signal?.throwIfAborted();
    const seconds = Math.round(performance.now() - begin) / 1000;
    const output = afterEcho(this.#shown(), this.#typed) ?? this.#shown();
    if (event === "prompt") {
      return { output: output.slice(0, Math.max(0, output.lastIndexOf("\n"))), seconds };
    }
    if (event === "late") {
      this.close();
      return { output: `${output}\n(no prompt after ${seconds} s)`, seconds, exitCode: TIMED_OUT };
    }
    if (event === "full") {
      return { output: `${output}\n${cutNotice(this.#maxBytes)}`, seconds, exitCode: TOO_MUCH_OUTPUT };
    }
    const end = await this.started.ended;
    return { output, seconds, exitCode: end?.exitCode ?? this.node.lost() };
  }

  get #maxBytes(): number {
    return this.options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  }

  #nextEvent(): Promise<Event> {
    const { signal, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = this.options;
    return new Promise((resolve) => {
      let search: NodeJS.Timeout | undefined;
      let pause = 0;
      const settle = (event: Event) => {
        clearTimeout(timer);
        clearTimeout(search);
        signal?.removeEventListener("abort", abort);
        this.#wake = () => {};
        resolve(event);
      };
      const abort = () => settle("aborted");
      const timer = setTimeout(() => settle("late"), timeoutSeconds * 1000);
      signal?.addEventListener("abort", abort, { once: true });
      const searchPrompt = () => {
        const begin = performance.now();
        search = undefined;
        if (this.#isAtPrompt()) {
          settle("prompt");
        }
        pause = (performance.now() - begin) / SEARCH_SHARE;
      };
      this.#wake = () => {
        if (this.#received.isCut) {
          settle("full");
        } else if (this.#isOver) {
          settle("end");
        } else {
          search ??= setTimeout(searchPrompt, pause);
        }
      };
      this.#wake();
      if (signal?.aborted === true) {
        abort();
      }
    });
  }

  /** The last line is looked at first, and is short: progress of downloads comes in thousands of pieces. */
  #isAtPrompt(): boolean {
    const received = this.#received.text();
    const lastLine = received.slice(received.lastIndexOf("\n") + 1);
    return this.options.prompt.test(shownOnTerminal(lastLine)) && afterEcho(this.#shown(), this.#typed) !== undefined;
  }

  #shown(): string {
    return shownOnTerminal(this.#received.text());
  }
}

/**
 * What follows the line that shows what was typed; undefined while there is none. A terminal shows what is typed, which proves
 * nothing about the program; and a shell may show its prompt twice before that, when it learns the size of its terminal.
 */
export function afterEcho(shown: string, typed: string): string | undefined {
  if (typed === "") {
    return shown;
  }
  const lines = shown.split("\n");
  const echo = lines.findIndex((line) => line.endsWith(typed));
  return echo < 0 || echo === lines.length - 1 ? undefined : lines.slice(echo + 1).join("\n");
}
