/** How long a call may take to wind up after it was aborted, before we answer without it. */
const GRACE_MILLISECONDS = 10_000;

/** Calls in progress: each has a signal that is aborted by its own timeout or by the engine's Cancel. */
export class RunningCalls {
  readonly #all = new AbortController();
  #count = 0;

  /** How many calls are in progress. */
  get count(): number {
    return this.#count;
  }

  /** Runs one call. `timeoutSeconds` of 0 means no limit. Rejects with the abort's reason when aborted. */
  async run<Result>(timeoutSeconds: number, call: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const own = new AbortController();
    const signal = AbortSignal.any([this.#all.signal, own.signal]);
    const timer =
      timeoutSeconds > 0 ? setTimeout(() => own.abort(timeoutError(timeoutSeconds)), timeoutSeconds * 1000) : undefined;
    this.#count += 1;
    try {
      signal.throwIfAborted();
      return await Promise.race([call(signal), lateAbort(signal)]);
    } finally {
      this.#count -= 1;
      clearTimeout(timer);
    }
  }

  /** Aborts every call in progress and every later one. */
  cancel(reason: Error): void {
    this.#all.abort(reason);
  }
}

function timeoutError(seconds: number): Error {
  return new Error(`the operation did not finish within its timeout of ${seconds} s (option customTimeouts)`);
}

/** Never resolves; rejects a while after the abort, for handlers that do not watch their signal. */
function lateAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const later = () => setTimeout(() => reject(signal.reason), GRACE_MILLISECONDS).unref();
    signal.addEventListener("abort", later, { once: true });
  });
}
