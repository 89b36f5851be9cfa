/** Conditions on a command's output, all of which must hold. Plain data, so that a lesson can be printed, saved and sent. */
export interface Check {
  /** For people, completing "expected ...": `the words "hello from"`. */
  readonly expected: string;
  /** Texts that the output (standard output and standard error together, as a terminal shows them) must contain. */
  readonly contains?: readonly string[];
  /** Regular expressions (`parsePattern`) of which each must match somewhere in it. */
  readonly matches?: readonly string[];
  /** Regular expressions that must match nowhere in it. */
  readonly lacks?: readonly string[];
}

/** The expected result of a command. */
export interface Demand {
  /** Exit code, or the command of ours that prints which one it has to be. @default 0 */
  readonly exitCode?: number | { readonly expected: string; readonly printedBy: string };
  readonly checks: readonly Check[];
}

/** How a name in angle brackets is found. */
export interface Lookup {
  /** What the student does. */
  readonly how: string;
  /** What verify runs; it prints the value. */
  readonly command: string;
  /** What the value looks like. */
  readonly example: string;
}

/** A command that the student types at the node's prompt. */
export interface CommandTask extends Demand {
  readonly kind: "command";
  /** What the student is told about it, in Markdown. */
  readonly text: string;
  /** As it is typed. Names in angle brackets, e.g. `<container ID>`, are looked up by the student. */
  readonly command: string;
  /** For each name in angle brackets, also of the checks, how to find it. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** Output that meets the checks, for the page. */
  readonly example?: string;
  /** A condition, as a command. Where it succeeds, the student need not type this, and verify does not. */
  readonly unless?: string;
  /** What verify runs instead where `probe` fails, and what it then notes in its verdict. */
  readonly alternative?: Demand & { readonly probe: string; readonly command: string; readonly note: string };
}

/** A line typed into an interactive program. */
export interface SessionLine {
  readonly text: string;
  readonly typed: string;
  readonly checks: readonly Check[];
  readonly example?: string;
}

/** An interactive program on the node, e.g. a shell in a container. The last line ends it, with exit code 0. */
export interface SessionTask {
  readonly kind: "session";
  readonly text: string;
  /** The command that opens it, e.g. `docker container run -ti ubuntu /bin/bash`. */
  readonly open: string;
  /** Regular expression for the line that it shows when it waits for the next one, without the spaces at its end. */
  readonly prompt: string;
  readonly example?: string;
  readonly lines: readonly SessionLine[];
}

/** A file that the student writes. */
export interface FileTask {
  readonly kind: "file";
  readonly text: string;
  /** Relative to the student's working folder. */
  readonly path: string;
  /** For syntax colours on the page: `js`. */
  readonly language: string;
  readonly content: string;
}

/** A command that proves something about what was done. Verify runs it; the student does not see it. */
export interface ProofTask extends Demand {
  readonly kind: "proof";
  readonly command: string;
  /** Begins a note in the verdict that ends with the command's output; there is none without output. */
  readonly note?: string;
}

export type Task = CommandTask | SessionTask | FileTask | ProofTask;

/** One step of a lesson. */
export interface LessonStep {
  /** Stable and short, for `--step` and file names: "1" to "7". */
  readonly id: string;
  /** e.g. "Image creation from a container". */
  readonly title: string;
  /** What the student reads first, in Markdown: why this step is there. */
  readonly text: string;
  /** Steps whose results this one builds on, by id. */
  readonly needs: readonly string[];
  readonly tasks: readonly Task[];
  /** What the student reads last. */
  readonly closing?: string;
}

/** Whether one check held. */
export interface CheckResult {
  readonly expected: string;
  /** The actual result. Absent if the check passed. */
  readonly found?: string;
}

/** A command and its result: the evidence of a verdict. */
export interface Evidence {
  readonly command: string;
  /** Absent for a line typed into a program that went on. */
  readonly exitCode?: number;
  /** At most 20,000 characters: the rest is cut out of the middle, and says so. */
  readonly output: string;
  readonly seconds: number;
  readonly checks: readonly CheckResult[];
}

/** passed; failed: a check did not hold or the node could not be reached; blocked: that, and a step that it needs did not pass either. */
export type Outcome = "passed" | "failed" | "blocked";

/** The result of one step on one seat. */
export interface StepVerdict {
  readonly id: string;
  readonly title: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly evidence: readonly Evidence[];
  /** What a reader of the verdict must know: a sample database was used, no registry answered. */
  readonly notes: readonly string[];
  /** The first check that did not hold, in one place: what was run, expected and found. */
  readonly failure?: { readonly command: string; readonly expected: string; readonly found: string };
}

/** Called while a lesson is performed. */
export interface PerformanceListener {
  stepStarted(step: LessonStep): void;
  commandStarted(step: LessonStep, command: string): void;
  stepEnded(verdict: StepVerdict): void;
}
