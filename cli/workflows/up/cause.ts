import type { Finding } from "../../ui/board/model";

/** As much of a line as a list of seats has room for. */
const LONGEST_LINE = 160;

const PROGRESS = /^phase: /;

/** Under this line a node's words are its log. */
const LOG_FOLLOWS = /^--- the last lines of /;

/** What went wrong on a seat, in one or two lines: the node's own words where the gate has them. */
export function causeOf({ text, phase }: Pick<Finding, "text" | "phase">): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const said = lines.findIndex((line) => /^node\d+ is not ready: /.test(line));
  const told = said < 0 ? wordsOfEngine(lines) : wordsOfNode(lines.slice(said));
  const [first = "no reason given", second] = told.map(shortened);
  const where = phase === undefined ? "" : `${phase}: `;
  return second === undefined ? `${where}${first}` : `${where}${first}\n${second}`;
}

function wordsOfNode(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => LOG_FOLLOWS.test(line));
  const words = end < 0 ? lines : lines.slice(0, end);
  return words.map((line) => line.replace(/^node\d+ is not ready: /, ""));
}

/** What the gate had told of its progress is of use in its last line alone. */
function wordsOfEngine(lines: readonly string[]): string[] {
  const progress = lines.filter((line) => PROGRESS.test(line)).at(-1);
  const words = lines.filter((line) => !PROGRESS.test(line)).map(withoutCommand);
  return progress === undefined ? words : [...words.slice(0, 1), progress.replace(PROGRESS, "last heard of it: ")];
}

/** Which command it was that failed tells nothing: of ours there is one a resource. */
function withoutCommand(line: string): string {
  return line.replace(/: running "[^"]*":$/, "");
}

function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 1)}…`;
}
