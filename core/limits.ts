import type { Readable } from "node:stream";

/** Runs `work` on every item, at most `limit` at a time and in order; gives the results in order. The first rejection ends it. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  // One iterator for all workers: each item is taken once.
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/** A machine sent more than the limit. */
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

/**
 * Runs something that is aborted when its time is over or `signal` aborts; rejects with the reason.
 * Not by `AbortSignal.any` of an `AbortSignal.timeout`: Node.js 20 collects the timeout as garbage, and it never fires.
 */
export async function withTimeLimit<Result>(
  { signal, seconds }: { readonly signal?: AbortSignal | undefined; readonly seconds: number },
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const limit = new AbortController();
  const stop = () => limit.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${seconds} s`)), seconds * 1000);
  try {
    return await run(limit.signal);
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** Rejects with the signal's reason when it is aborted, to race with work that takes no signal. */
export function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) {
      stop();
    }
  });
}
