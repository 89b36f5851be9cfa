import { formatBytes } from "./kept-homes";

const GIBIBYTE = 1024 ** 3;

/** What stays free on the operator's disk when homes are kept. */
const RESERVE_BYTES = GIBIBYTE;

/** How much of a student's home is kept: the student is root on the node, and decides what it sends. */
export interface HomeLimits {
  /** Size of one packed home, in GiB. @default 4 */
  readonly gigabytes: number;
  /** Time for one home, in minutes. @default 10 */
  readonly minutes: number;
}

export const HOME_LIMITS: HomeLimits = { gigabytes: 4, minutes: 10 };

/** How many bytes a home may have, and why no more. */
export interface ArchiveLimit {
  readonly bytes: number;
  readonly reason: string;
}

/** The limit for one home on a disk with so many bytes free. */
export function archiveLimit({ gigabytes }: HomeLimits, freeBytes: number): ArchiveLimit {
  const bytes = gigabytes * GIBIBYTE;
  const room = Math.max(0, freeBytes - RESERVE_BYTES);
  return bytes <= room
    ? { bytes, reason: `the limit is ${gigabytes} GB (--max-home-gb)` }
    : {
        bytes: room,
        reason: `the disk of this folder has ${formatBytes(freeBytes)} free, of which ${formatBytes(RESERVE_BYTES)} must stay free`,
      };
}
