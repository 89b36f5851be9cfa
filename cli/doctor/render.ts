import pc from "picocolors";
import { type Finding, isHealthy } from "./finding";

const MARKS: Readonly<Record<Finding["verdict"], string>> = {
  good: pc.green("✓"),
  warning: pc.yellow("!"),
  bad: pc.red("✗"),
};

/** Findings as lines for people, what to do under each, and the verdict at the end. */
export function renderFindings(what: string, findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map(({ subject }) => subject.length));
  const lines = findings.flatMap(({ subject, verdict, text, advice }) => [
    `  ${MARKS[verdict]} ${subject.padEnd(width)}  ${text}`,
    ...(advice === undefined ? [] : [`    ${" ".repeat(width)}  ${pc.dim(advice)}`]),
  ]);
  const end = isHealthy(findings) ? `${what} would come up.` : `${what} would not come up: see ✗ above.`;
  return `${lines.join("\n")}\n\n${end}\n`;
}
