import type { KeyObject } from "node:crypto";
import type { Recording } from "../protocol";
import type { ClassChanges } from "./class-changes";
import type { PortalLesson } from "./portal-lesson";
import type { RosterFile } from "./roster";
import type { SeatNode } from "./seat-nodes";
import type { SeatDirectory } from "./seats";
import type { TerminalLogs } from "./terminal/terminal-logs";
import type { WrongCodeDelay } from "./wrong-code-delay";

/** Dependencies of the portal's routes. */
export interface PortalServices {
  /** Name of the class: its stack's. */
  readonly lab: string;
  readonly roster: RosterFile;
  readonly wrongCodes: WrongCodeDelay;
  /** Name of the cookie that holds a browser's token. */
  readonly cookie: string;
  readonly seats: Pick<SeatDirectory, "names" | "hostname" | "facts">;
  readonly nodes: { node(seat: string): Promise<SeatNode> };
  readonly lesson: PortalLesson;
  /** Minutes without a passed step after which a seat is shown as stuck. */
  readonly stuckMinutes: number;
  /** Changes from the wall; undefined without `lab`, as on a machine of the class. */
  readonly changes: ClassChanges | undefined;
  /** Signs exports. */
  readonly signingKey: KeyObject;
  /** Folder in which homes are saved before machines are replaced. */
  readonly homes: string;
  /** Recordings of terminals; undefined: none. */
  readonly logs: TerminalLogs | undefined;
  now(): Date;
}

/** Whether terminals are recorded, which students see before they use one. */
export function recordingOf({ logs }: Pick<PortalServices, "logs">): Recording {
  return logs === undefined ? "not recorded" : "recorded";
}
