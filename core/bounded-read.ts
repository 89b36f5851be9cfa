import type { Readable } from "node:stream";

/** What a machine sends is more than is read of it. */
export class TooLarge extends Error {}

/**
 * Reads a stream that a student's machine sends, to its end. Rejects with a `TooLarge`, and destroys the stream, as soon
 * as there are more than `maxBytes`. The caller limits the time.
 */
export async function readBounded(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop destroys the stream.
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    length += bytes.length;
    if (length > maxBytes) {
      throw new TooLarge(`it sent more than ${Math.floor(maxBytes / 1024)} KB`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}
