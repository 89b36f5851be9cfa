import { join } from "node:path";
import { execa } from "execa";
import type { CommandResult, LabClone } from "./lab-clone";

/** A `lab bake` that is going on. */
export interface RunningBake {
  /** Waits until it has said something on its standard error. */
  untilItSays(text: string): Promise<void>;
  /** Sends a signal to `lab` and what it started, as a terminal or a power cut does. */
  signal(name: "SIGINT" | "SIGKILL"): void;
  /** Does something between two of its steps: it asks Docker for nothing meanwhile. What it has asked for already goes on. */
  whileItStandsStill<T>(work: () => Promise<T>): Promise<T>;
  readonly ended: Promise<CommandResult>;
}

/** Starts `lab bake` without waiting for its end. */
export function startBake(lab: LabClone): RunningBake {
  const child = execa(join(lab.directory, "lab"), ["bake"], {
    cwd: lab.directory,
    env: lab.environment,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    // A process group of its own, which signals are sent to.
    detached: true,
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const signal = (name: NodeJS.Signals) => {
    process.kill(-(child.pid ?? 0), name);
  };
  const ended = child.then(({ exitCode, stdout, stderr }) => ({ exitCode: exitCode ?? -1, stdout, stderr }));
  return {
    ended,
    signal,
    whileItStandsStill: async (work) => {
      signal("SIGSTOP");
      try {
        return await work();
      } finally {
        signal("SIGCONT");
      }
    },
    untilItSays: async (text) => {
      const look = new Promise<void>((resolve) => {
        const timer = setInterval(() => {
          if (said.includes(text)) {
            clearInterval(timer);
            resolve();
          }
        }, 50);
        ended.then(() => clearInterval(timer));
      });
      const early = ended.then(({ stderr }) => {
        throw new Error(`the bake ended before it said "${text}":\n${stderr}`);
      });
      await Promise.race([look, early]);
    },
  };
}

/** The stack in which a clone's bakes are made. */
export function bakeryOf({ stack }: LabClone): string {
  return `${stack}-bake`;
}
