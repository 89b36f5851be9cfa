import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, EngineError } from "./connection/engine";

/** A container that is being removed leaves its network and releases its volumes a moment later. */
const IN_USE_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 250;

/**
 * Removes what the Engine has at a path; nothing happens where there is none. Tries again for 30 s while `isInUse` says of the
 * Engine's error that a container still has it, then throws that error.
 */
export async function removeAt(
  engine: Engine,
  path: string,
  isInUse: (error: EngineError) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + IN_USE_MILLISECONDS;
  for (;;) {
    try {
      await engine.call({ method: "DELETE", path, signal });
      return;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) {
        return;
      }
      if (!(error instanceof EngineError && isInUse(error)) || Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}

/** What the Engine says of the object at a path; undefined where there is none. */
export async function inspectAt<Info>(engine: Engine, path: string, signal: AbortSignal): Promise<Info | undefined> {
  try {
    return await engine.call<Info>({ method: "GET", path, signal });
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}
