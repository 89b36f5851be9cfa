import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { CellState } from "../table/model";
import type { Change, PhaseProgress } from "./model";

/** An operation on one resource, as the engine names it ("create", "delete-replaced", ...). */
export type Operation = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"]["op"];

/** What each operation means for a phase. Those not listed ("replace", "discard", ...) are bookkeeping of the Pulumi engine. */
const CHANGE_OF: Partial<Record<Operation, Change>> = {
  same: "none",
  read: "none",
  create: "create",
  import: "create",
  update: "update",
  "create-replacement": "replace",
  "read-replacement": "replace",
  "import-replacement": "replace",
  delete: "delete",
};

const STATE_AFTER: Readonly<Record<Change, CellState>> = {
  none: "unchanged",
  create: "done",
  update: "done",
  replace: "done",
  delete: "deleted",
};

/** What `operation` does to the thing itself, or undefined when it is bookkeeping. */
export function changeOf(operation: Operation): Change | undefined {
  return CHANGE_OF[operation];
}

/** Work on `urn` begins. A phase keeps the time at which its first resource began. */
export function begin(progress: PhaseProgress, urn: string, change: Change, at: number): PhaseProgress {
  if (progress.state === "failed") {
    return progress;
  }
  return {
    ...progress,
    state: "running",
    change,
    startedAt: progress.startedAt ?? at,
    endedAt: undefined,
    working: [...progress.working.filter((other) => other !== urn), urn],
  };
}

/** Work on `urn` is over: the phase is too when nothing else of it is being worked on. */
export function end(progress: PhaseProgress, urn: string, change: Change, at: number): PhaseProgress {
  if (!progress.working.includes(urn)) {
    return progress;
  }
  const working = progress.working.filter((other) => other !== urn);
  if (progress.state === "failed" || working.length > 0) {
    return { ...progress, working };
  }
  return { ...progress, working, state: STATE_AFTER[change], endedAt: at };
}

/** The old machine of a replacement goes before the new one is made: the phase is under way, and stays so after it. */
export function beginRemovalOfOld(progress: PhaseProgress, at: number): PhaseProgress {
  if (progress.state !== "waiting") {
    return progress;
  }
  const text = "removing the old one";
  return { ...progress, state: "running", change: "replace", startedAt: at, detail: text, detailAt: at };
}

/** The phase failed; how long it took until then stays known. */
export function fail(progress: PhaseProgress, at: number): PhaseProgress {
  const startedAt = progress.startedAt ?? at;
  return { ...progress, state: "failed", startedAt, endedAt: progress.endedAt ?? at, working: [] };
}

/** Work on a phase ended without an event of a resource: passed on the way (`done`), or not finished (`waiting`). */
export function endRunning(progress: PhaseProgress, state: "done" | "waiting", at: number): PhaseProgress {
  return progress.state === "running" ? { ...progress, state, endedAt: at, working: [] } : progress;
}

/** Notes the latest detail; empty text changes nothing. */
export function note(progress: PhaseProgress, detail: string, at: number): PhaseProgress {
  return detail === "" ? progress : { ...progress, detail, detailAt: at };
}
