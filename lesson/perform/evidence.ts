import type { Evidence, LessonStep, Outcome, StepVerdict } from "../types";

const LONGEST_OUTPUT = 20_000;
const LONGEST_REASON = 2000;

/** What is learned while one step is performed. */
export class StepRecord {
  readonly #started = performance.now();
  readonly #evidence: Evidence[] = [];
  readonly #notes: string[] = [];
  /** What is being done, for the case that the node is lost meanwhile. */
  #current = "";
  #failure: StepVerdict["failure"];

  constructor(readonly step: LessonStep) {}

  begin(command: string): void {
    this.#current = command;
  }

  /** Keeps evidence; tells whether all of its checks held. */
  add(evidence: Evidence): boolean {
    this.#evidence.push({ ...evidence, output: shorten(evidence.output) });
    const failed = evidence.checks.find(({ found }) => found !== undefined);
    if (failed?.found !== undefined) {
      this.#failure = { command: evidence.command, expected: failed.expected, found: failed.found };
    }
    return failed === undefined;
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  /** The node could not be reached, or something else stood in the way of the command that had begun. */
  stoppedBy(reason: string): void {
    this.#failure = {
      command: this.#current,
      expected: "the command to be run on the node",
      found: shorten(reason, LONGEST_REASON),
    };
  }

  verdict(outcomes: ReadonlyMap<string, Outcome>): StepVerdict {
    const isHeldUp = this.step.needs.some((id) => outcomes.has(id) && outcomes.get(id) !== "passed");
    return {
      id: this.step.id,
      title: this.step.title,
      outcome: this.#failure === undefined ? "passed" : isHeldUp ? "blocked" : "failed",
      seconds: Math.round(performance.now() - this.#started) / 1000,
      evidence: this.#evidence,
      notes: this.#notes,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }
}

/** The text with so much cut out of its middle that it fits, and a word about that in its place. */
export function shorten(text: string, longest = LONGEST_OUTPUT): string {
  if (text.length <= longest) {
    return text;
  }
  const half = Math.floor(longest / 2) - 30;
  return `${text.slice(0, half)}\n[... ${text.length - 2 * half} characters are left out here ...]\n${text.slice(-half)}`;
}
