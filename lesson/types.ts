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

/** A cause of failed checks that the output shows. */
export interface Cause {
  /** Regular expression (`parsePattern`) that matches in the output. */
  readonly matches: string;
  /** Reported instead of an excerpt of the output: the cause, and what to type. */
  readonly found: string;
}

/** The expected result of a command. */
export interface Demand {
  /** The exit code, or a command that prints the expected one. @default 0 */
  readonly exitCode?: number | { readonly expected: string; readonly printedBy: string };
  readonly checks: readonly Check[];
  /** Known causes of a failure, the first match counts. Without a failure they have no effect. @default - none */
  readonly causes?: readonly Cause[];
}

/** How to find the value of a name in angle brackets. */
export interface Lookup {
  /** Instruction for the student. */
  readonly how: string;
  /** Command with which verify finds the value. */
  readonly command: string;
  /** An example of the value. */
  readonly example: string;
}

/** A command that the student types at the node's prompt. */
export interface CommandTask extends Demand {
  readonly kind: "command";
  /** Explanation for the student, in Markdown. */
  readonly text: string;
  /** As it is typed. Names in angle brackets, e.g. `<container ID>`, are looked up by the student. */
  readonly command: string;
  /** How to find the value of each name in angle brackets, those in checks included. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** Output that meets the checks, for the page. */
  readonly example?: string;
  /** A command. If it succeeds, the student can skip this task, and verify skips it. */
  readonly unless?: string;
  /** Used instead if `probe` fails. `note` is then added to the verdict. */
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
  /** The command that starts it, e.g. `docker container run -ti ubuntu /bin/bash`. */
  readonly open: string;
  /** Regular expression for its prompt, without trailing spaces. */
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

/** A command with which verify checks the results of earlier tasks. Not shown to the student. */
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
  /** Introduction for the student, in Markdown. */
  readonly text: string;
  /** Steps whose results this one builds on, by id. */
  readonly needs: readonly string[];
  readonly tasks: readonly Task[];
  /** Text after the tasks. */
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
  /** Absent for a line typed into a program that keeps running. */
  readonly exitCode?: number;
  /** At most 20,000 characters; a note replaces the middle of a longer one. */
  readonly output: string;
  readonly seconds: number;
  readonly checks: readonly CheckResult[];
}

/** passed; failed: a check failed or the node could not be reached; blocked: the same, after a failure of a step that it needs. */
export type Outcome = "passed" | "failed" | "blocked";

/** The result of one step on one seat. */
export interface StepVerdict {
  readonly id: string;
  readonly title: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly evidence: readonly Evidence[];
  /** Notes for readers of the verdict, such as: a sample database was used, no registry answered. */
  readonly notes: readonly string[];
  /** The first check that failed. */
  readonly failure?: { readonly command: string; readonly expected: string; readonly found: string };
}

/** Called while a lesson is performed. */
export interface PerformanceListener {
  stepStarted(step: LessonStep): void;
  commandStarted(step: LessonStep, command: string): void;
  stepEnded(verdict: StepVerdict): void;
}
