import type { SafeOutput } from "./safe-output";

/** Where `lab` runs: everything that a command takes from outside, so that tests can give it their own. */
export interface Runtime {
  /** Absolute path of the clone: the Pulumi program's folder. */
  readonly programDirectory: string;
  /** Absolute path of the clone's `.lab` folder. */
  readonly labDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: SafeOutput;
  readonly stderr: SafeOutput;
}

/** Options that every command has. */
interface GlobalOptions {
  readonly stack: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly runtime: Runtime;
  readonly options: GlobalOptions;
  readonly reporter: Reporter;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Progress of long work: a live line with seconds on a terminal, plain lines elsewhere, nothing with `--json`. */
export interface Reporter {
  /** Runs `work` under a title. `update` replaces the detail beside it, e.g. "412 of 980 packages". Rejections pass through. */
  task<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>;
  /** A line worth keeping, e.g. what a probe found. */
  info(line: string): void;
  warn(line: string): void;
}
