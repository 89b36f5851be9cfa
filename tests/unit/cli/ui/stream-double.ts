import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, vi } from "vitest";

/** For the tests of a file or a group: a terminal without colours, outside of CI, and a clock that stands still. */
export function useStillTerminal(): void {
  beforeEach(() => {
    vi.stubEnv("CI", "");
    vi.stubEnv("TERM", "xterm");
    vi.stubEnv("NO_COLOR", "1");
    vi.stubEnv("FORCE_COLOR", "");
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });
}

/** A stream that remembers what was written to it. */
export class RecordedStream extends Writable {
  readonly writes: string[] = [];
  isTTY = false;
  columns = 80;
  rows = 24;

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk.toString());
    done();
  }

  /** Everything written so far. */
  get text(): string {
    return this.writes.join("");
  }

  /** Everything written so far as lines, without terminal sequences. */
  get lines(): string[] {
    return stripVTControlCharacters(this.text).split("\n").slice(0, -1);
  }
}

/** A stream that says it is a terminal. */
export function recordedTerminal(): RecordedStream {
  const stream = new RecordedStream();
  stream.isTTY = true;
  return stream;
}
