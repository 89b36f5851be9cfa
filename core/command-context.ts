import type { Reporter } from "./reporter";
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
export interface GlobalOptions {
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
