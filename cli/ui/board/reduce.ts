import type { EngineEvent } from "@pulumi/pulumi/automation";
import { addDiagnostic, addPolicyFinding, markFailed, withoutConsequences } from "./findings";
import { beginGate, endGate } from "./gate";
import { type Board, phaseRecord, type Summary } from "./model";
import { positionOf } from "./position";
import { begin, beginRemovalOfOld, changeOf, end, endRunning, type Operation } from "./progress";
import { withProgress, withRow } from "./rows";

type SummaryEvent = NonNullable<EngineEvent["summaryEvent"]>;

/** The board after one more event of the engine, which arrived at `at` (the events themselves only carry whole seconds). */
export function reduce(board: Board, event: EngineEvent, at: number): Board {
  if (event.resourcePreEvent) {
    const { metadata, planning } = event.resourcePreEvent;
    const mode = planning === true ? "preview" : board.mode;
    return stepBegins({ ...board, mode }, metadata.op, metadata.urn, at);
  }
  if (event.resOutputsEvent) {
    return stepEnds(board, event.resOutputsEvent.metadata.op, event.resOutputsEvent.metadata.urn, at);
  }
  if (event.resOpFailedEvent) {
    const { urn } = event.resOpFailedEvent.metadata;
    return markFailed({ ...board, refreshing: board.refreshing.filter((other) => other !== urn) }, urn, at);
  }
  if (event.diagnosticEvent) {
    return addDiagnostic(board, event.diagnosticEvent, at);
  }
  if (event.policyEvent) {
    return addPolicyFinding(board, event.policyEvent);
  }
  return event.summaryEvent ? conclude(board, event.summaryEvent, at) : board;
}

function stepBegins(board: Board, operation: Operation, urn: string, at: number): Board {
  const position = positionOf(urn);
  const known = withRow(board, position, (row) => row);
  if (operation === "refresh") {
    return { ...known, refreshing: [...known.refreshing, urn] };
  }
  if (operation === "delete-replaced") {
    return position.role === "primary"
      ? withProgress(known, position, (progress) => beginRemovalOfOld(progress, at))
      : known;
  }
  const change = changeOf(operation);
  if (change === undefined || position.role === "untimed") {
    return known;
  }
  if (position.role === "gate") {
    return withRow(known, position, (row) => beginGate(row, urn, change, at));
  }
  if (position.role === "supporting" && change !== "delete") {
    return known;
  }
  return withProgress(known, position, (progress) => begin(progress, urn, change, at));
}

function stepEnds(board: Board, operation: Operation, urn: string, at: number): Board {
  // A refresh that finds something changed or gone ends as "update" or "delete", though the stack is all it touched.
  if (board.refreshing.includes(urn)) {
    return { ...board, refreshing: board.refreshing.filter((other) => other !== urn) };
  }
  const position = positionOf(urn);
  const change = changeOf(operation);
  if (change === undefined || position.role === "untimed") {
    return board;
  }
  if (position.role === "gate") {
    return withRow(board, position, (row) => endGate(row, urn, change, at));
  }
  return withProgress(board, position, (progress) => end(progress, urn, change, at));
}

function conclude(board: Board, event: SummaryEvent, at: number): Board {
  return { ...settle(withoutConsequences(board), at), summary: summarize(event, board.failures.length) };
}

/** The board once nothing more will come: what was still under way has not been finished. */
export function settle(board: Board, at: number): Board {
  return {
    ...board,
    endedAt: board.endedAt ?? at,
    refreshing: [],
    seats: board.seats.map((row) => ({
      ...row,
      phases: phaseRecord((phase) => endRunning(row.phases[phase], "waiting", at)),
    })),
    shared: Object.fromEntries(Object.entries(board.shared).map(([name, p]) => [name, endRunning(p, "waiting", at)])),
  };
}

function summarize(event: SummaryEvent & { result?: unknown }, failures: number): Summary {
  const count = event.resourceChanges;
  // The engine also sends `result`, which its published type leaves out.
  const failed = event.result === "failed" || (event.result === undefined && failures > 0);
  return {
    created: (count.create ?? 0) + (count.import ?? 0),
    changed: count.update ?? 0,
    replaced: (count.replace ?? 0) + (count["import-replacement"] ?? 0),
    deleted: count.delete ?? 0,
    unchanged: (count.same ?? 0) + (count.read ?? 0),
    seconds: event.durationSeconds,
    outcome: failed ? "failed" : "succeeded",
  };
}
