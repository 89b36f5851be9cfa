import type { KeyObject } from "node:crypto";
import type { Recording } from "../protocol";
import type { ClassChanges } from "./changes/class-changes";
import type { PortalLesson } from "./portal-lesson";
import type { RosterFile } from "./roster";
import type { SeatNode } from "./seat-nodes";
import type { SeatDirectory } from "./seats";
import type { TerminalLogs } from "./terminal/terminal-logs";
import type { WrongCodeDelay } from "./wrong-code-delay";

/** What the portal's routes work with. */
export interface PortalServices {
  /** Name of the class: its stack's. */
  readonly lab: string;
  readonly book: RosterFile;
  readonly wrongCodes: WrongCodeDelay;
  /** Name of the cookie that holds a browser's token. */
  readonly cookie: string;
  readonly seats: Pick<SeatDirectory, "names" | "hostname" | "facts">;
  readonly nodes: { node(seat: string): Promise<SeatNode> };
  readonly lesson: PortalLesson;
  /** A seat that has passed no step for so long is shown as stuck. */
  readonly stuckMinutes: number;
  /** What the wall can change; undefined where there is no `lab`, as on a machine of the class. */
  readonly changes: ClassChanges | undefined;
  /** Signs exports. */
  readonly signingKey: KeyObject;
  /** Where homes are kept before machines are recreated. */
  readonly homes: string;
  /** Where what terminals show is kept; undefined: nowhere. */
  readonly logs: TerminalLogs | undefined;
  now(): Date;
}

/** Whether terminals are recorded: students are told before they use one. */
export function recordingOf({ logs }: Pick<PortalServices, "logs">): Recording {
  return logs === undefined ? "not recorded" : "recorded";
}
