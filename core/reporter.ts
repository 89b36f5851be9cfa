/** Long work told to whoever watches: a live line with seconds on a terminal, plain lines elsewhere, nothing with `--json`. */
export interface Reporter {
  /** Runs `work` under a title. `update` replaces the detail beside it, e.g. "412 of 980 packages". Rejections pass through. */
  task<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>;
  /** A line worth keeping, e.g. what a probe found. */
  info(line: string): void;
  warn(line: string): void;
}
