import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";

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
