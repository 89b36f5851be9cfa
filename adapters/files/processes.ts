import type { ChildProcess } from "node:child_process";
import { execa } from "execa";

/** The command line of a process of this machine; undefined if it has ended. */
export async function commandLineOf(processId: number): Promise<string | undefined> {
  if (!exists(processId)) {
    return undefined;
  }
  const { exitCode, stdout } = await execa("ps", ["-o", "stat=", "-o", "args=", "-p", String(processId)], {
    reject: false,
  });
  if (exitCode !== 0) {
    // Ended meanwhile, or this system's ps does not know these options: then its command line is unknown.
    return exists(processId) ? "" : undefined;
  }
  const [state = "", ...words] = stdout.trim().split(/\s+/);
  // A zombie has ended, but its parent has not waited for it.
  return state.startsWith("Z") ? undefined : words.join(" ");
}

/** Whether a process runs and its command line, if known, matches: process ids are used again. */
export async function isRunning(processId: number, program: RegExp): Promise<boolean> {
  const line = await commandLineOf(processId);
  return line !== undefined && (line === "" || program.test(line));
}

function exists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const running = new Set<ChildProcess>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ends the child when this process ends, by itself or by a signal. Gives the function that stops this. */
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
  // A listener replaces the signal's default action. Without other listeners, the signal is sent again for that.
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
