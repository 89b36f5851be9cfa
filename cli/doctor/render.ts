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
    ...(advice?.split("\n") ?? []).map((line) => `    ${" ".repeat(width)}  ${pc.dim(line)}`),
  ]);
  return `${lines.join("\n")}\n\n${what} ${conclusion(findings)}\n`;
}

function conclusion(findings: readonly Finding[]): string {
  if (!isHealthy(findings)) {
    return "would not come up: see ✗ above.";
  }
  return findings.some(({ verdict }) => verdict === "warning")
    ? "would come up, as far as could be seen: see ! above."
    : "would come up.";
}
