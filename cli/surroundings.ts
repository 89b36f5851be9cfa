import { join, resolve } from "node:path";
import type { Reporter } from "./output/reporter";
import { SafeOutput } from "./output/safe-output";
import { writeAbove } from "./output/write-above";

/** Where `lab` runs: everything that a command takes from outside, so that tests can give it their own. */
export interface Surroundings {
  /** Absolute path of the clone: the Pulumi program's folder. */
  readonly programDirectory: string;
  /** Absolute path of the clone's `.lab` folder. */
  readonly labDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: SafeOutput;
  readonly stderr: SafeOutput;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly stack: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly surroundings: Surroundings;
  readonly options: GlobalOptions;
  readonly reporter: Reporter;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Tells whoever pressed Ctrl-C what happens now. For commands that end in steps of their own, unlike a shell on a node. */
export function tellWhenInterrupted({ signal, surroundings }: CommandContext): void {
  const text = "\nlab: stopping after the steps that are running; Ctrl-C again to drop them\n";
  signal.addEventListener("abort", () => writeAbove(surroundings.stderr, text), { once: true });
}

/** The surroundings of this very process. */
export function processSurroundings(): Surroundings {
  const programDirectory = resolve(__dirname, "..");
  return {
    programDirectory,
    labDirectory: join(programDirectory, ".lab"),
    environment: process.env,
    stdout: new SafeOutput(process.stdout),
    stderr: new SafeOutput(process.stderr),
  };
}
