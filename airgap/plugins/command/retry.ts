import { setTimeout as sleep } from "node:timers/promises";

/**
 * First pause, growth and longest pause between attempts. First and longest are the official provider's, which grows by 1.5
 * and so sleeps over the moment, a second or two after its start, when a machine from a bake answers.
 */
const FIRST_PAUSE_MILLISECONDS = 100;
const PAUSE_GROWTH = 1.2;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

/** When to try again. */
export interface RetryRules {
  /** Failed attempts to forgive; -1 for any number. */
  readonly limit: number;
  readonly signal: AbortSignal;
  isWorthRetrying(error: Error): boolean;
  /** Told of each failed attempt that is followed by another one. */
  onRetry(attempt: number, error: Error): void;
}

/** Runs `attempt` until it succeeds, gives up for good, or has failed too often. */
export async function retry<Result>(rules: RetryRules, attempt: () => Promise<Result>): Promise<Result> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      rules.signal.throwIfAborted();
      if (!rules.isWorthRetrying(error)) {
        throw error;
      }
      if (rules.limit >= 0 && failures >= rules.limit) {
        throw new Error(`after ${failures} failed attempts: ${error.message}`, { cause: error });
      }
      rules.onRetry(failures + 1, error);
    }
    await pause(failures, rules.signal);
  }
}

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const milliseconds = Math.min(FIRST_PAUSE_MILLISECONDS * PAUSE_GROWTH ** failures, LONGEST_PAUSE_MILLISECONDS);
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // The timer's own AbortError says less than the reason we were given.
    signal.throwIfAborted();
  }
}
