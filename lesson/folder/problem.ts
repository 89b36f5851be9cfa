/** A mistake in a lesson's files, or something that could not be translated. */
export interface Problem {
  /** Name of the file, relative to the lesson. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** Rendered like a compiler's message, so that editors can jump to the line. */
export function renderProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}

/** Reports a problem of one file, with its line. */
export type Report = (line: number, message: string) => void;

/** Reports the problems of one file in a list. */
export function reportTo(problems: Problem[], file: string): Report {
  return (line, message) => void problems.push({ file, line, message });
}
