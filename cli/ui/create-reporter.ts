import type { Reporter } from "../../core/command-context";
import { plainReporter, silentReporter } from "./plain-reporter";
import { drawingStyle, type OutputStream } from "./stream";
import { terminalReporter } from "./terminal-reporter";

export interface ReporterOptions {
  /** Where progress goes, in practice `process.stderr`: stdout is for results. */
  readonly stream: OutputStream;
  /** Whether the result is read by a program (`--json`): then nothing is said on the way. */
  readonly json: boolean;
}

/** The reporter that suits the output: live lines on a terminal, plain lines in a log, silence with `--json`. */
export function createReporter({ stream, json }: ReporterOptions): Reporter {
  if (json) {
    return silentReporter();
  }
  return drawingStyle(stream) === "live" ? terminalReporter(stream) : plainReporter(stream);
}
