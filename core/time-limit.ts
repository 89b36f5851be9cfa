/**
 * Runs something that has to end when its time is over, or `signal` says so, and then rejects with the reason.
 * Not by `AbortSignal.any` of an `AbortSignal.timeout`: Node.js 20 takes the timeout for garbage, and it never comes.
 */
export async function withTimeLimit<Result>(
  { signal, seconds }: { readonly signal: AbortSignal; readonly seconds: number },
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${seconds} s`)), seconds * 1000);
  try {
    return await run(limit.signal);
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
