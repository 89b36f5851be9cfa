import pc from "picocolors";

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

const MARKS: Readonly<Record<Finding["verdict"], string>> = {
  good: pc.green("✓"),
  warning: pc.yellow("!"),
  bad: pc.red("✗"),
};

/** What a column of text needs to be readable; a terminal that has less wraps by itself. */
const LEAST_ROOM = 40;

/** Findings as lines for people, what to do under each, and the verdict at the end. Fitted to a terminal's columns, where there is one. */
export function renderFindings(
  what: string,
  findings: readonly Finding[],
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const width = Math.max(0, ...findings.map(({ subject }) => subject.length));
  const indent = " ".repeat(width + 6);
  // One column stays free: a line that fills the last one makes some terminals wrap.
  const room = Math.max(LEAST_ROOM, columns - indent.length - 1);
  const lines = findings.flatMap(({ subject, verdict, text, advice }) => [
    `  ${MARKS[verdict]} ${subject.padEnd(width)}  ${wrap(text, room).join(`\n${indent}`)}`,
    ...(advice === undefined ? [] : adviceLines(advice, room)).map((line) => indent + pc.dim(line)),
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

/** A command on a line of its own stays one, to be copied. */
function adviceLines(advice: string, room: number): string[] {
  const [prose = "", ...commands] = advice.split("\n");
  return [...wrap(prose, room), ...commands];
}

/** Lines of at most so many columns, broken between words. */
function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
