import { NOT_BEGUN, type Progress } from "../table/model";

/** What a node goes through, in order. */
export const PHASES = ["machine", "cloud-init", "Docker", "base images", "figlet", "hello:v0.1", "hello:v0.2"] as const;

export type Phase = (typeof PHASES)[number];

/** What the engine does, or in a preview would do, to the resource behind a phase. */
export type Change = "none" | "create" | "update" | "replace" | "delete";

/** How far one phase, or one shared resource, has come. */
export interface PhaseProgress extends Progress {
  readonly change: Change;
  /** The resources being worked on right now, by urn: a phase is over when there are none. */
  readonly working: readonly string[];
}

/** One seat's line of the board. */
export interface SeatRow {
  /** `seat03`, or the node's name in a class of one. */
  readonly name: string;
  /** The node's Pulumi name, which its resources' names start with. */
  readonly node: string;
  readonly phases: Readonly<Record<Phase, PhaseProgress>>;
}

/** Name of the row for what all seats share. */
export const CLASS_ROW = "class";

/** Something that went wrong or is worth a warning, and whose it is. */
export interface Finding {
  /** A seat row's name, or `class`. */
  readonly row: string;
  readonly phase: Phase | undefined;
  /** Type and name of the resource, empty when the engine named none. */
  readonly resource: string;
  /** The whole text, as many lines as it has. */
  readonly text: string;
}

/** The engine's own count of what it did (or would do), with every component and provider counted as Pulumi counts them. */
export interface Summary {
  readonly created: number;
  readonly changed: number;
  readonly replaced: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly seconds: number;
  readonly outcome: "succeeded" | "failed";
}

/** Everything that is known about a running or finished operation. */
export interface Board {
  /** In a preview a phase that is `done` says what would change. */
  readonly mode: "update" | "preview";
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** In order of their names. */
  readonly seats: readonly SeatRow[];
  /** What all seats share, by resource name. */
  readonly shared: Readonly<Record<string, PhaseProgress>>;
  /** Resources whose real state is being read before the work starts, by urn. */
  readonly refreshing: readonly string[];
  readonly failures: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Undefined until the Pulumi engine has sent it, or when it died before. */
  readonly summary: Summary | undefined;
}

/** A phase not yet begun. */
export const WAITING: PhaseProgress = { ...NOT_BEGUN, change: "none", working: [] };

/** A board before the first event. */
export function emptyBoard(startedAt: number): Board {
  return {
    mode: "update",
    startedAt,
    endedAt: undefined,
    seats: [],
    shared: {},
    refreshing: [],
    failures: [],
    warnings: [],
    summary: undefined,
  };
}

/** A seat's row before its first resource. */
export function emptyRow(name: string, node: string): SeatRow {
  return { name, node, phases: phaseRecord(() => WAITING) };
}

/** A record with one value for each phase. */
export function phaseRecord<T>(of: (phase: Phase) => T): Record<Phase, T> {
  return Object.fromEntries(PHASES.map((phase) => [phase, of(phase)])) as Record<Phase, T>;
}
