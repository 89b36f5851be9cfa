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
