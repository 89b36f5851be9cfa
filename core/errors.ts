/** Exit codes of `lab`: 0 good, 1 failed, 2 wrong usage or config. */
export type FailureExitCode = 1 | 2;

/** Something that went wrong in a way we foresaw: shown as its text alone, a stack only with `--verbose`. */
export class LabError extends Error {
  /** Process exit code: 2 when the user's input is at fault, 1 for all else. */
  readonly exitCode: FailureExitCode;
  /** What to type next, shown on a line of its own. */
  readonly hint: string | undefined;

  constructor(message: string, options: { exitCode?: FailureExitCode; hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "LabError";
    this.exitCode = options.exitCode ?? 1;
    this.hint = options.hint;
  }
}
