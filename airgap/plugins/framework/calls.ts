import type { EngineLog } from "./engine-log";
import type { CallContext } from "./provider";

/** How long a call may take to end after it was aborted, before we answer without it. */
const GRACE_MILLISECONDS = 10_000;

/** Time for aborted calls to close their connections and stop their child processes. */
const LEAVE_MILLISECONDS = 500;

/** Calls in progress: each has a signal that is aborted by its own timeout or by the engine's Cancel. */
export class RunningCalls {
  readonly #all = new AbortController();
  #count = 0;

  /** Runs one call of a handler, and lets its log lines arrive before its answer does. Rejects with the abort's reason when aborted. */
  async run<Result>(
    { urn, timeoutSeconds, log }: { urn: string; timeoutSeconds: number; log: EngineLog },
    handler: (context: CallContext) => Promise<Result>,
  ): Promise<Result> {
    const own = new AbortController();
    const signal = AbortSignal.any([this.#all.signal, own.signal]);
    const timer =
      timeoutSeconds > 0 ? setTimeout(() => own.abort(timeoutError(timeoutSeconds)), timeoutSeconds * 1000) : undefined;
    const context: CallContext = {
      urn,
      signal,
      log: (severity, message) => log.write(urn, severity, message),
      status: (message) => log.status(urn, message),
    };
    this.#count += 1;
    try {
      signal.throwIfAborted();
      return await Promise.race([handler(context), lateAbort(signal)]);
    } finally {
      this.#count -= 1;
      clearTimeout(timer);
      await log.flush();
    }
  }

  /** Aborts every call in progress and every later one. */
  cancel(reason: Error): void {
    this.#all.abort(reason);
  }

  /** Aborts every call, and gives those in progress half a second to end. */
  async stop(reason: Error): Promise<void> {
    const isIdle = this.#count === 0;
    this.cancel(reason);
    if (!isIdle) {
      await new Promise((resolve) => setTimeout(resolve, LEAVE_MILLISECONDS));
    }
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
