/** One thing that was looked at before a class is made. */
export interface Finding {
  /** What was looked at, in a word or two: `ports`, `vCPU quota`. */
  readonly subject: string;
  /** `good`: as it should be. `warning`: the class comes up, but something is worth knowing. `bad`: it would not come up. */
  readonly verdict: "good" | "warning" | "bad";
  /** What was found, with figures, in one line. */
  readonly text: string;
  /** What to change, or to type; a long command on a line of its own. Undefined where there is nothing to do. */
  readonly advice: string | undefined;
}

/** Whether the class would come up, as far as can be told beforehand. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== "bad");
}
