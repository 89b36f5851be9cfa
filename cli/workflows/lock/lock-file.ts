import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOCK_FILE, type OpenLock, parseOpenLock } from "../../../config/lock";
import { LabError } from "../../../core/errors";

/** The clone's lock file, in which sums and digests may be missing. */
export function readLockFile(programDirectory: string): OpenLock {
  try {
    return parseOpenLock(JSON.parse(readFileSync(join(programDirectory, LOCK_FILE), "utf8")));
  } catch (error) {
    throw new LabError(error instanceof Error ? error.message : String(error), {
      hint: `git diff ${LOCK_FILE} shows what changed in it`,
      cause: error,
    });
  }
}

/** Writes it, whole or not at all. */
export function writeLockFile(programDirectory: string, lock: OpenLock): void {
  const file = join(programDirectory, LOCK_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(lock, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Something pinned that is now another, e.g. `images.alpine`. */
export interface Move {
  readonly what: string;
  /** What the lock file had; nothing when it had none. */
  readonly from: string | undefined;
  readonly to: string;
}

/** Something pinned that could not be asked for, or whose answer cannot be taken. */
export interface Unasked {
  readonly what: string;
  readonly reason: string;
}

/** A part of the lock file, asked for anew. */
export interface Resolved<Part> {
  readonly value: Part;
  readonly moves: readonly Move[];
  readonly unasked: readonly Unasked[];
}

/** The move of one value, when it is one. */
export function moved(what: string, from: string | undefined, to: string): Move[] {
  return from === to ? [] : [{ what, from, to }];
}

/** What an error says, for a line of text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
