import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** A list of thousands of images, or a container with all of its settings. */
const LONGEST_ANSWER = 16 * 1024 * 1024;
/** One message of a build: a status frame, or a piece of a command's output. */
const LONGEST_LINE = 4 * 1024 * 1024;
/** All messages of a build or a push. */
const LONGEST_STREAM = 128 * 1024 * 1024;

/**
 * Reads an Engine's answer to its end. The Engine of a node is a student's, and answers what the student wants: an answer
 * of more than 16 MB, or of more than `longest` bytes, is an error, and nothing more is read of it.
 */
export async function readAnswer(answer: Readable, longest = LONGEST_ANSWER): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop destroys the answer.
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    length += bytes.length;
    if (length > longest) {
      throw tooLong("an answer", longest);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}

/** The lines of an answer as they come. A line of more than 4 MB is an error, and so are lines of more than 128 MB together. */
export async function* linesOf(answer: Readable, longest = LONGEST_LINE): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let pieces: string[] = [];
  let length = 0;
  let total = 0;
  for await (const chunk of answer) {
    total += (chunk as Uint8Array | string).length;
    if (total > LONGEST_STREAM) {
      throw tooLong("an answer", LONGEST_STREAM);
    }
    const [first = "", ...others] = decoder.write(Buffer.from(chunk as Uint8Array | string)).split("\n");
    pieces.push(first);
    length += first.length;
    for (const next of others) {
      yield pieces.join("").replace(/\r$/, "");
      pieces = [next];
      length = next.length;
    }
    if (length > longest) {
      throw tooLong("a line of an answer", longest);
    }
  }
  pieces.push(decoder.end());
  const last = pieces.join("");
  if (last !== "") {
    yield last;
  }
}

function tooLong(what: string, bytes: number): Error {
  return new Error(
    `the Docker Engine sent ${what} of more than ${Math.floor(bytes / 1024)} KB; it is not read further`,
  );
}
