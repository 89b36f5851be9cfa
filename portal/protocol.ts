/** What the portal's server and its page say to each other: types only, for both sides. */

/** Whether what terminals show is kept by the instructor. */
export type Recording = "recorded" | "not recorded";

/** Who a browser is. */
export interface SessionAnswer {
  readonly lab: string;
  readonly recording: Recording;
  readonly who: { readonly role: "nobody" | "instructor" } | { readonly role: "student"; readonly seat: string };
}

/** Something went wrong, in words for the page. */
export interface ProblemAnswer {
  readonly problem: string;
}

/** A command to be typed at the student's prompt. */
export interface CommandView {
  readonly kind: "command";
  readonly id: string;
  /** HTML. */
  readonly text: string;
  readonly command: string;
  /** Whether the server has to be asked what to type: for names in angle brackets, or where it depends on the node. */
  readonly typed: "as it is" | "as the server says";
  /** HTML: how to find what stands in angle brackets. */
  readonly lookups: readonly string[];
  readonly expected: string;
  readonly example?: string;
}

/** A file to be made in the student's home. */
export interface FileView {
  readonly kind: "file";
  readonly id: string;
  readonly text: string;
  readonly path: string;
  readonly content: string;
}

export type TaskView = CommandView | FileView;

/** One step of the lesson, with all texts as HTML. */
export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly tasks: readonly TaskView[];
  readonly closing: string;
}

/** How far a seat is with one step. */
export interface StepProgress {
  readonly isDone: boolean;
  /** Checks that failed so far. */
  readonly failures: number;
}

export interface LessonAnswer {
  readonly seat: string;
  readonly recording: Recording;
  readonly hostname: string;
  readonly steps: readonly StepView[];
  readonly progress: Readonly<Record<string, StepProgress>>;
}

/** What to type for a command, and what the student has to know about it. */
export interface CommandAnswer {
  readonly command: string;
  readonly note?: string;
}

export interface FileAnswer {
  readonly outcome: "written" | "differs";
}

/** One thing that a step's check looked at. */
export interface CheckedView {
  readonly expected: string;
  readonly found?: string;
  readonly hint?: string;
}

export interface CheckAnswer {
  readonly outcome: "passed" | "failed";
  readonly checked: readonly CheckedView[];
  readonly progress: Readonly<Record<string, StepProgress>>;
}

/** From the server about a terminal. "full": the seat has too many, and the line ends; there may be room later. */
export type ServerMessage =
  | { readonly kind: "screen"; readonly text: string }
  | { readonly kind: "state"; readonly state: "connecting" | "open" | "waiting" | "full"; readonly text: string }
  | { readonly kind: "notice"; readonly text: string };

/** From the page about a terminal. */
export type ClientMessage =
  | { readonly kind: "keys"; readonly text: string }
  | { readonly kind: "size"; readonly columns: number; readonly rows: number };

/** What long polling answers: all messages after the number asked with. */
export interface PollAnswer {
  readonly last: number;
  readonly messages: readonly ServerMessage[];
}

/** A seat on the instructor's wall. */
export interface WallSeat {
  readonly seat: string;
  readonly hostname: string;
  readonly claim: "free" | "claimed";
  readonly terminals: number;
  /** ISO 8601. */
  readonly lastActivity?: string;
  readonly stuckMinutes?: number;
  readonly steps: Readonly<Record<string, StepProgress>>;
}

/** When the first machine of a class ends by itself. */
export interface ClassEnd {
  /** ISO 8601. */
  readonly at: string;
  readonly precision: "exact" | "about";
}

/** Versions on nodes, and the seats that have them. */
export interface NodeVersions {
  readonly docker: string;
  readonly trivy: string;
  readonly seats: readonly string[];
}

/** A change of the class that the wall asks for. */
export type Change =
  /** A new machine, with the student's home kept first or lost with the old one. */
  | { readonly kind: "reset"; readonly seat: string; readonly home: "keep" | "discard" }
  /** A move to a spare. */
  | { readonly kind: "spare"; readonly seat: string }
  /** A later end for the class. */
  | { readonly kind: "extend"; readonly by: "30m" | "1h" | "2h" };

/** A change that is under way, or was. */
export interface ChangeView {
  /** As the instructor could type it. */
  readonly command: string;
  /** Absent for a change of the whole class. */
  readonly seat?: string;
  readonly state: "running" | "done" | "failed";
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Why it failed. */
  readonly cause?: string;
  /** What it said so far, the end of it. */
  readonly lines: readonly string[];
}

export interface WallAnswer {
  readonly lab: string;
  readonly steps: readonly { readonly id: string; readonly title: string }[];
  readonly seats: readonly WallSeat[];
  /** Absent where the class has no end. */
  readonly end?: ClassEnd;
  readonly versions: { readonly lab: string; readonly lesson: string; readonly nodes: readonly NodeVersions[] };
  /** Whether the wall can change the class, or only `lab`, on the operator's machine. */
  readonly changes: "here" | "where lab is";
  /** Spares that a seat could have. */
  readonly spares: number;
  /** Where students' homes are kept on the portal's machine, before a machine is recreated. */
  readonly homes: string;
  /** Fingerprint of the key that signs exports. */
  readonly fingerprint: string;
  /** The change under way, or the last one. */
  readonly change?: ChangeView;
}
