import { shownOnTerminal } from "../../lesson/terminal";
import type { NodeSession, SessionOptions, SessionReply } from "../../lesson/types";
import { DEFAULT_TIMEOUT_SECONDS, type StartedCommand, TIMED_OUT } from "./channel";

/** Waits for the program's first prompt, or its end. `lost` throws what a lost connection is told as. */
export async function openSession(
  started: StartedCommand,
  options: SessionOptions,
  lost: () => never,
): Promise<NodeSession> {
  const session = new SshSession(started, options, lost);
  const greeting = await session.reply();
  return { greeting, type: (line) => session.type(line), close: () => session.close() };
}

/** What stops waiting. */
type Event = "prompt" | "end" | "late" | "aborted";

class SshSession {
  #received = "";
  #typed = "";
  #wake: () => void = () => {};
  #isOver = false;

  constructor(
    readonly started: StartedCommand,
    readonly options: SessionOptions,
    readonly lost: () => never,
  ) {
    started.channel.setEncoding("utf8");
    started.channel.on("data", (text: string) => {
      this.#received += text;
      this.#wake();
    });
    started.ended.then(() => {
      this.#isOver = true;
      this.#wake();
    });
  }

  async type(line: string): Promise<SessionReply> {
    this.options.signal?.throwIfAborted();
    this.#received = "";
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
    const end = await this.started.ended;
    return { output, seconds, exitCode: end?.exitCode ?? this.lost() };
  }

  #nextEvent(): Promise<Event> {
    const { signal, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = this.options;
    return new Promise((resolve) => {
      const settle = (event: Event) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        this.#wake = () => {};
        resolve(event);
      };
      const abort = () => settle("aborted");
      const timer = setTimeout(() => settle("late"), timeoutSeconds * 1000);
      signal?.addEventListener("abort", abort, { once: true });
      this.#wake = () => {
        if (this.#isOver) {
          settle("end");
        } else if (this.#isAtPrompt()) {
          settle("prompt");
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
    const lastLine = this.#received.slice(this.#received.lastIndexOf("\n") + 1);
    return this.options.prompt.test(shownOnTerminal(lastLine)) && afterEcho(this.#shown(), this.#typed) !== undefined;
  }

  #shown(): string {
    return shownOnTerminal(this.#received);
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
