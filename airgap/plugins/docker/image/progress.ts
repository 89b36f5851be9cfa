import type { StatusFrame, Step } from "./trace";

/** A line for the operator: `status` lines are passing progress, `info` lines stay. */
export interface ProgressLine {
  readonly kind: "status" | "info" | "warning";
  readonly text: string;
}

/** How many lines of a failed step's output go into the error: `docker build` shows about as much. */
const TAIL_LINES = 20;

/** Characters of a line that are kept until it ends. */
const LONGEST_LINE = 10_000;

interface Known {
  /** Steps are numbered as they come to be shown, not as BuildKit happens to announce them. */
  number?: number;
  readonly name: string;
  readonly output: string[];
  /** An output line that has not ended yet. */
  rest: string;
  begun: boolean;
  finished: boolean;
}

/** Follows a build's status frames and words them like `docker build --progress=plain`. */
export class BuildProgress {
  readonly #steps = new Map<string, Known>();
  #shown = 0;
  #failed: { readonly step: Known; readonly error: string } | undefined;

  /** Takes one frame, gives the lines that it brings. */
  follow(frame: StatusFrame): ProgressLine[] {
    const begun = frame.steps.flatMap((step) => this.#begin(step));
    const outputs = frame.outputs.flatMap(({ digest, text }) => this.#output(digest, text));
    const finished = frame.steps.flatMap((step) => this.#finish(step));
    const warnings = frame.warnings.map((text) => ({ kind: "warning" as const, text }));
    return [...begun, ...outputs, ...finished, ...warnings];
  }

  /** What to tell about a failed build: the step, its complaint and the tail of its output. */
  failure(imageName: string, message: string): string {
    if (this.#failed === undefined) {
      return `build of ${imageName} failed: ${message}`;
    }
    const { step, error } = this.#failed;
    const rest = step.rest === "" ? [] : [step.rest];
    const tail = [...step.output, ...rest].slice(-TAIL_LINES);
    const output = tail.length === 0 ? [] : ["------", ` > ${step.name}:`, ...tail, "------"];
    return [`build of ${imageName} failed at ${step.name}: ${error}`, ...output].join("\n");
  }

  #begin(step: Step): ProgressLine[] {
    const known = this.#know(step);
    if (known.begun || step.started === undefined) {
      return [];
    }
    known.begun = true;
    return [{ kind: "status", text: `#${this.#number(known)} ${known.name}` }];
  }

  #finish(step: Step): ProgressLine[] {
    const known = this.#know(step);
    const ended = step.completed !== undefined || step.error !== "";
    if (known.finished || !ended) {
      return [];
    }
    known.finished = true;
    // Steps that were cut off since another one failed also carry an error: "context canceled".
    if (step.error !== "" && (this.#failed === undefined || /context canceled$/.test(this.#failed.error))) {
      this.#failed = { step: known, error: step.error };
    }
    return [
      {
        kind: isWritten(known.name) ? "info" : "status",
        text: `#${this.#number(known)} ${known.name} ${outcome(step)}`,
      },
    ];
  }

  #output(digest: string, text: string): ProgressLine[] {
    const known = this.#know({ digest, name: "" });
    const lines = (known.rest + text).split(/\r?\n/);
    // A command that never ends its line would have each piece of output searched again from its beginning.
    known.rest = (lines.pop() ?? "").slice(-LONGEST_LINE);
    known.output.push(...lines.slice(-TAIL_LINES));
    known.output.splice(0, known.output.length - TAIL_LINES);
    return lines
      .filter((line) => line.trim() !== "")
      .map((line) => ({ kind: "status", text: `#${this.#number(known)} ${line}` }));
  }

  #number(known: Known): number {
    known.number ??= ++this.#shown;
    return known.number;
  }

  #know({ digest, name }: Pick<Step, "digest" | "name">): Known {
    const known = this.#steps.get(digest);
    if (known !== undefined) {
      return known;
    }
    const fresh: Known = { name, output: [], rest: "", begun: false, finished: false };
    this.#steps.set(digest, fresh);
    return fresh;
  }
}

function outcome(step: Step): string {
  if (step.error !== "") {
    return `ERROR: ${step.error}`;
  }
  const seconds = (step.completed ?? 0) - (step.started ?? step.completed ?? 0);
  return step.cached ? "CACHED" : `${seconds.toFixed(1)}s`;
}

/** A step that stands in the Dockerfile, e.g. `[2/4] RUN ...` or `[build 1/3] FROM ...`; all others are housekeeping. */
function isWritten(name: string): boolean {
  return /^\[([^\]]+ )?\d+\/\d+\]/.test(name);
}
