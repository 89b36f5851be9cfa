import { type LabLock, labLock } from "../config/lock";
import { runError } from "./run-error";

/** lab.lock.json. One that cannot be used ends the program with its problems alone, before any resource. */
export function pinned(): LabLock {
  try {
    return labLock();
  } catch (error) {
    throw runError(error instanceof Error ? error.message : String(error));
  }
}
