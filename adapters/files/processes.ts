import type { ChildProcess } from "node:child_process";
import { execa } from "execa";

/** The command line of a process of this machine; undefined when there is none such any more. */
export async function commandLineOf(processId: number): Promise<string | undefined> {
  if (!exists(processId)) {
    return undefined;
  }
  const { exitCode, stdout } = await execa("ps", ["-o", "stat=", "-o", "args=", "-p", String(processId)], {
    reject: false,
  });
  if (exitCode !== 0) {
    // Ended meanwhile, or this system's ps is of a smaller kind: then it is there, and nobody knows what it is.
    return exists(processId) ? "" : undefined;
  }
  const [state = "", ...words] = stdout.trim().split(/\s+/);
  // Dead, and its parent has not asked how.
  return state.startsWith("Z") ? undefined : words.join(" ");
}

/** Whether a process is there, and its command line is not that of another program: numbers of processes are used again. */
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
