import type { Evidence, LessonStep, StepVerdict } from "../types";

const LONGEST_OUTPUT = 20_000;
const LONGEST_REASON = 2000;

/** Evidence and notes of one step. */
export class StepRecord {
  readonly #started = performance.now();
  readonly #evidence: Evidence[] = [];
  readonly #notes: string[] = [];
  /** The current command, for the failure if the node is lost. */
  #current = "";
  #failure: StepVerdict["failure"];

  constructor(readonly step: LessonStep) {}

  begin(command: string): void {
    this.#current = command;
  }

  /** Saves evidence; returns whether all its checks passed. */
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

  /** Records that the current command could not be run, for example because the node cannot be reached. */
  stoppedBy(reason: string): void {
    this.#failure = {
      command: this.#current,
      expected: "the command to run on the node",
      found: shorten(reason, LONGEST_REASON),
    };
  }

  /** The step's verdict, after those of the steps before it. */
  verdict(before: readonly StepVerdict[]): StepVerdict {
    const isBlocked = before.some(({ id, outcome }) => this.step.needs.includes(id) && outcome !== "passed");
    return {
      id: this.step.id,
      title: this.step.title,
      outcome: this.#failure === undefined ? "passed" : isBlocked ? "blocked" : "failed",
      seconds: Math.round(performance.now() - this.#started) / 1000,
      evidence: this.#evidence,
      notes: this.#notes,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }
}

/** Shortens a text by replacing its middle with a note. */
export function shorten(text: string, longest = LONGEST_OUTPUT): string {
  if (text.length <= longest) {
    return text;
  }
  const half = Math.floor(longest / 2) - 30;
  return `${text.slice(0, half)}\n[... ${text.length - 2 * half} characters omitted ...]\n${text.slice(-half)}`;
}
