/** Exit codes of `lab`: 0 good, 1 failed, 2 wrong usage or config. */
export type FailureExitCode = 1 | 2;

/** An expected error: shown as its text, with a stack trace only with `--verbose`. */
export class LabError extends Error {
  /** Process exit code: 2 when the user's input is at fault, else 1. */
  readonly exitCode: FailureExitCode;
  /** What to run next, shown on its own line. */
  readonly hint: string | undefined;

  constructor(message: string, options: { exitCode?: FailureExitCode; hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "LabError";
    this.exitCode = options.exitCode ?? 1;
    this.hint = options.hint;
  }
}

/** A Docker Engine, or the address of one, that a lab cannot use; the message says what is allowed. */
export class UnusableEngineError extends Error {}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
