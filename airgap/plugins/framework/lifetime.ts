import { fstatSync } from "node:fs";

const PARENT_POLL_MILLISECONDS = 1_000;

/**
 * Calls `leave` once when the process that started us is gone. The engine holds our standard input open and kills us
 * at its end; when it is killed itself, nobody does, and a provider would stay for ever.
 */
export function whenOrphaned(leave: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) {
      leave();
    }
  }, PARENT_POLL_MILLISECONDS).unref();
  if (isPipe(0)) {
    process.stdin.once("end", leave).once("error", leave).resume();
  }
}

/** Started manually or with /dev/null, standard input ends at once, which means nothing. */
function isPipe(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
