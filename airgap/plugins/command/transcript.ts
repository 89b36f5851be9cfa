import { StringDecoder } from "node:string_decoder";

/** Which streams of a command are shown while it runs; all of them are captured. */
export const LOGGING = ["stdout", "stderr", "stdoutAndStderr", "none"] as const;
export type Logging = (typeof LOGGING)[number];

type StreamName = "stdout" | "stderr";

/** What a command wrote, with one trailing line end cut off, as the official provider does. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Characters of a line that are kept until it ends. */
const LONGEST_LINE = 10_000;

/** What a command may write: it becomes part of the stack's state. */
const LONGEST_OUTPUT = 16 * 1024 * 1024;

/** Records what a command writes and passes it on line by line. */
export class Transcript {
  readonly #chunks: { stream: StreamName; bytes: Buffer }[] = [];
  #length = 0;
  readonly #lines: Readonly<Record<StreamName, LineSplitter | undefined>>;

  /** `show` gets each whole line of the streams that `logging` names. */
  constructor(logging: Logging, show: (line: string) => void) {
    this.#lines = {
      stdout: logging === "stdout" || logging === "stdoutAndStderr" ? new LineSplitter(show) : undefined,
      stderr: logging === "stderr" || logging === "stdoutAndStderr" ? new LineSplitter(show) : undefined,
    };
  }

  /** Whether more came than is kept. */
  get isFull(): boolean {
    return this.#length > LONGEST_OUTPUT;
  }

  /** Keeps a piece; one that comes when there is too much already is dropped. */
  add(stream: StreamName, bytes: Buffer): void {
    if (this.isFull) {
      return;
    }
    this.#length += bytes.length;
    this.#chunks.push({ stream, bytes });
    this.#lines[stream]?.add(bytes);
  }

  /**
   * All output of a command that has ended; shows last lines that lack a line end. Throws when the command failed, in the
   * official provider's form, and when it had to be stopped since it wrote too much.
   */
  finish(command: string, failure: string | undefined): CommandOutput {
    if (this.isFull) {
      throw new Error(`the command wrote more than ${LONGEST_OUTPUT / 1024 / 1024} MB and was stopped`);
    }
    this.#lines.stdout?.end();
    this.#lines.stderr?.end();
    if (failure !== undefined) {
      throw new Error(`${failure}: running ${JSON.stringify(command)}:\n${this.combined()}`);
    }
    return { stdout: this.#text(["stdout"]).replace(/\n$/, ""), stderr: this.#text(["stderr"]).replace(/\n$/, "") };
  }

  /** Both streams in the order they were written. */
  combined(): string {
    return this.#text(["stdout", "stderr"]);
  }

  #text(streams: readonly StreamName[]): string {
    const chunks = this.#chunks.filter(({ stream }) => streams.includes(stream));
    return Buffer.concat(chunks.map(({ bytes }) => bytes)).toString("utf8");
  }
}

/** Chunks end anywhere, even inside a character. */
class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(readonly show: (line: string) => void) {}

  add(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split("\n");
    // Only shown: a line that does not end is not searched again and again from its beginning.
    this.#rest = (lines.pop() ?? "").slice(-LONGEST_LINE);
    for (const line of lines) {
      this.show(line.replace(/\r$/, ""));
    }
  }

  end(): void {
    const rest = this.#rest + this.#decoder.end();
    if (rest !== "") {
      this.show(rest);
    }
    this.#rest = "";
  }
}
