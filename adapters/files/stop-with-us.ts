import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Has the child end when this process does, by itself or by a signal. Gives the function that ends the watch. */
export function stopWithUs(child: ChildProcess): () => void {
  if (running.size === 0) {
    process.on("exit", stopAll);
    for (const signal of SIGNALS) {
      process.on(signal, passOn);
    }
  }
  running.add(child);
  return () => {
    running.delete(child);
    if (running.size === 0) {
      stopWatching();
    }
  };
}

function stopAll(): void {
  for (const child of running) {
    child.kill();
  }
}

function passOn(signal: NodeJS.Signals): void {
  for (const child of running) {
    child.kill(signal);
  }
  // Listening took away what the signal does by default; where nobody else handles it, it shall do that.
  if (process.listenerCount(signal) === 1) {
    stopWatching();
    process.kill(process.pid, signal);
  }
}

function stopWatching(): void {
  process.removeListener("exit", stopAll);
  for (const signal of SIGNALS) {
    process.removeListener(signal, passOn);
  }
}
