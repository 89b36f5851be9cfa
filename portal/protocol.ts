/** The messages between the portal's server and its page. */

/** Whether the instructor records terminals. */
export type Recording = "recorded" | "not recorded";

/** The role of a browser. */
export interface SessionAnswer {
  readonly lab: string;
  readonly recording: Recording;
  readonly who: { readonly role: "nobody" | "instructor" } | { readonly role: "student"; readonly seat: string };
}

/** An error, with a message for the user. */
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
  /** Whether the server decides what to type: for names in angle brackets, or if it depends on the node. */
  readonly typed: "as it is" | "as the server says";
  /** HTML: how to find the values of names in angle brackets. */
  readonly lookups: readonly string[];
  readonly expected: string;
  readonly example?: string;
}

/** A file to create in the student's home. */
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

/** A seat's progress in one step. */
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

/** The command to type, and a note for the student. */
export interface CommandAnswer {
  readonly command: string;
  readonly note?: string;
}

export interface FileAnswer {
  readonly outcome: "written" | "differs";
}

/** One result of a step's check. */
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

/** A message from the server about a terminal. "full": the seat has too many terminals, and the line ends; the page may retry. */
export type ServerMessage =
  | { readonly kind: "screen"; readonly text: string }
  | { readonly kind: "state"; readonly state: "connecting" | "open" | "waiting" | "full"; readonly text: string }
  | { readonly kind: "notice"; readonly text: string };

/** A message from the page about a terminal. */
export type ClientMessage =
  | { readonly kind: "keys"; readonly text: string }
  | { readonly kind: "size"; readonly columns: number; readonly rows: number };

/** Response to long polling: all messages after the requested number. */
export interface PollAnswer {
  readonly last: number;
  readonly messages: readonly ServerMessage[];
}

/** Size of a message besides its text, so that many short messages count. */
const BESIDE_TEXT = 64;

/** Size of a message, in characters. */
export function sizeOf(message: ServerMessage | ClientMessage): number {
  return BESIDE_TEXT + ("text" in message ? message.text.length : 0);
}

/** How many of the first messages fit into a size. At least one: a larger message is sent by itself. */
export function countThatFit(messages: readonly (ServerMessage | ClientMessage)[], most: number): number {
  let size = 0;
  const end = messages.findIndex((message) => {
    size += sizeOf(message);
    return size > most;
  });
  return end === -1 ? messages.length : Math.max(1, end);
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

/** A change of the class, requested on the wall. */
export type Change =
  /** A new machine; the student's home is saved first, or discarded. */
  | { readonly kind: "reset"; readonly seat: string; readonly home: "keep" | "discard" }
  /** A move to a spare. */
  | { readonly kind: "spare"; readonly seat: string }
  /** A later end for the class. */
  | { readonly kind: "extend"; readonly by: "30m" | "1h" | "2h" };

/** A running or finished change. */
export interface ChangeView {
  /** The command that the instructor could run instead. */
  readonly command: string;
  /** Absent for a change of the whole class. */
  readonly seat?: string;
  readonly state: "running" | "done" | "failed";
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Why it failed. */
  readonly cause?: string;
  /** Last lines of its output. */
  readonly lines: readonly string[];
}

export interface WallAnswer {
  readonly lab: string;
  readonly steps: readonly { readonly id: string; readonly title: string }[];
  readonly seats: readonly WallSeat[];
  /** Absent if the class has no end. */
  readonly end?: ClassEnd;
  readonly versions: { readonly lab: string; readonly lesson: string; readonly nodes: readonly NodeVersions[] };
  /** Whether the wall can change the class, or only `lab`, on the operator's machine. */
  readonly changes: "here" | "where lab is";
  /** Number of free spares. */
  readonly spares: number;
  /** Folder on the portal's machine in which students' homes are saved before a machine is replaced. */
  readonly homes: string;
  /** Fingerprint of the key that signs exports. */
  readonly fingerprint: string;
  /** The running change, or the last one. */
  readonly change?: ChangeView;
}

/** What a signed export proves and what it does not, for people who grade with it. Shown on the wall and by `lab`. */
export const SIGNATURE_MEANING =
  "The signature proves that this portal recorded these results and that they have not been changed since. It does not prove who did the work: students control their machines, and can make a check pass without doing the step.";
