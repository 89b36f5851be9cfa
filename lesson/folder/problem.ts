/** Something in a lesson's files that cannot stay as it is, or that could not be carried over. */
export interface Problem {
  /** Name of the file, as its author knows it. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** As compilers write it, so that editors find the place. */
export function renderProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}

/** Takes problems of one file, each with its line. */
export type Report = (line: number, message: string) => void;
