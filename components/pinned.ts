import { type LabLock, labLock } from "../config/lock";
import { runError } from "./run-error";

/** The contents of lab.lock.json. Throws a `RunError` with its problems if it is invalid. */
export function pinned(): LabLock {
  try {
    return labLock();
  } catch (error) {
    throw runError(error instanceof Error ? error.message : String(error));
  }
}
