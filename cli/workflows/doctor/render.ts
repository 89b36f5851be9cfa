import pc from "picocolors";

/** Result of one check before a class is created. */
export interface Finding {
  /** What was checked, in a word or two: `ports`, `vCPU quota`. */
  readonly subject: string;
  /** `warning`: the class comes up, but something should be known. `bad`: it would not come up. */
  readonly verdict: "good" | "warning" | "bad";
  /** What was found, with figures, in one line. */
  readonly text: string;
  /** What to change or run; a long command on a line of its own. Undefined: nothing. */
  readonly advice: string | undefined;
}

const findingWith = (verdict: Finding["verdict"]) => (subject: string, text: string, advice?: string) =>
  ({ subject, verdict, text, advice }) satisfies Finding;

export const good = findingWith("good");
export const warning = findingWith("warning");
export const bad = findingWith("bad");

/** Whether the class would come up, as far as can be checked beforehand. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== "bad");
}

const MARKS: Readonly<Record<Finding["verdict"], string>> = {
  good: pc.green("✓"),
  warning: pc.yellow("!"),
  bad: pc.red("✗"),
};

/** Columns that a text needs to be readable; a terminal that has fewer wraps by itself. */
const LEAST_COLUMNS = 40;

/** Findings as lines, each with its advice, and the conclusion. `columns`: width of the terminal. */
export function renderFindings(
  what: string,
  findings: readonly Finding[],
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const width = Math.max(0, ...findings.map(({ subject }) => subject.length));
  const indent = " ".repeat(width + 6);
  // One column stays free: a line that fills the last one makes some terminals wrap.
  const textColumns = Math.max(LEAST_COLUMNS, columns - indent.length - 1);
  const lines = findings.flatMap(({ subject, verdict, text, advice }) => {
    // A command on a line of its own stays one, to be copied.
    const [prose, ...commands] = advice?.split("\n") ?? [];
    const adviceLines = prose === undefined ? [] : [...wrap(prose, textColumns), ...commands];
    return [
      `  ${MARKS[verdict]} ${subject.padEnd(width)}  ${wrap(text, textColumns).join(`\n${indent}`)}`,
      ...adviceLines.map((line) => indent + pc.dim(line)),
    ];
  });
  return `${lines.join("\n")}\n\n${what} ${conclusion(findings)}\n`;
}

function conclusion(findings: readonly Finding[]): string {
  if (!isHealthy(findings)) {
    return "would not come up: see ✗ above.";
  }
  return findings.some(({ verdict }) => verdict === "warning")
    ? "would come up, as far as could be checked: see ! above."
    : "would come up.";
}

/** Lines of at most so many columns, broken between words. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
