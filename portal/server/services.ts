import type { ClassBookFile } from "./class-book";
import type { PortalLesson } from "./portal-lesson";
import type { RateLimit } from "./rate-limit";
import type { SeatNode } from "./seat-nodes";
import type { SeatDirectory } from "./seats";

/** What the portal's routes work with. */
export interface PortalServices {
  /** Name of the class: its stack's. */
  readonly lab: string;
  readonly book: ClassBookFile;
  readonly limit: RateLimit;
  readonly seats: Pick<SeatDirectory, "names" | "hostname">;
  readonly nodes: { node(seat: string): Promise<SeatNode> };
  readonly lesson: PortalLesson;
  /** A seat that has passed no step for so long is shown as stuck. */
  readonly stuckMinutes: number;
  now(): Date;
}
