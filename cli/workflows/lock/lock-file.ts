import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOCK_FILE, type OpenLock, parseOpenLock } from "../../../config/lock";
import { LabError, messageOf } from "../../../core/errors";

/** The clone's lock file, in which checksums and digests may be missing. */
export function readLockFile(programDirectory: string): OpenLock {
  try {
    return parseOpenLock(JSON.parse(readFileSync(join(programDirectory, LOCK_FILE), "utf8")));
  } catch (error) {
    throw new LabError(messageOf(error), {
      hint: `Run git diff ${LOCK_FILE} to see what changed in it.`,
      cause: error,
    });
  }
}

/** Writes the lock file, whole or not at all. */
export function writeLockFile(programDirectory: string, lock: OpenLock): void {
  const file = join(programDirectory, LOCK_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(lock, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** A pin that has changed, e.g. `images.alpine`. */
export interface Move {
  readonly what: string;
  /** The pin in the lock file. Undefined: there was none. */
  readonly from: string | undefined;
  readonly to: string;
}

/** A pin that could not be looked up, or whose answer cannot be used. */
export interface Unasked {
  readonly what: string;
  readonly reason: string;
}

/** A part of the lock file, looked up again. */
export interface Resolved<Part> {
  readonly value: Part;
  readonly moves: readonly Move[];
  readonly unasked: readonly Unasked[];
}

/** Looks up one pin. If that fails, it stays as it was. */
export async function resolvePin<Before extends string | undefined>(
  what: string,
  before: Before,
  query: () => Promise<string>,
): Promise<Resolved<Before | string>> {
  try {
    const value = await query();
    return { value, moves: moved(what, before, value), unasked: [] };
  } catch (error) {
    return { value: before, moves: [], unasked: [{ what, reason: messageOf(error) }] };
  }
}

/** The move of one pin, if it has changed. */
export function moved(what: string, from: string | undefined, to: string): Move[] {
  return from === to ? [] : [{ what, from, to }];
}
