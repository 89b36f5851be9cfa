import { formatDuration } from "../../../core/text";
import type { Colors } from "../stream";
import { type Board, CLASS_ROW, type Finding, PHASES, type Phase, type Summary } from "./model";
import { failedSeats } from "./status";

/** What is said when it is over: each failure with its whole text, the warnings, and one line that sums up. */
export function renderOutcome(board: Board, colors: Colors): string {
  const inOrder = [...board.failures].sort((a, b) => a.row.localeCompare(b.row, "en", { numeric: true }));
  const failures = inOrder.map((finding) => renderFailure(finding, colors));
  const warnings = board.warnings.map((finding) => renderWarning(finding, colors));
  return [...failures, ...(warnings.length > 0 ? [warnings.join("\n")] : []), renderSummary(board, colors)].join(
    "\n\n",
  );
}

function renderFailure(finding: Finding, colors: Colors): string {
  const where = finding.phase === undefined ? "" : ` in ${finding.phase}`;
  const resource = finding.resource === "" ? "" : colors.dim(` (${finding.resource})`);
  return `${colors.red(`✗ ${finding.row} failed${where}`)}${resource}\n${indent(finding.text)}`;
}

function renderWarning(finding: Finding, colors: Colors): string {
  const [first = "", ...rest] = finding.text.split("\n");
  const line = `${colors.yellow("warning:")} ${finding.row === CLASS_ROW ? "" : `${finding.row}: `}${first}`;
  return rest.length === 0 ? line : `${line}\n${indent(rest.join("\n"))}`;
}

function renderSummary(board: Board, colors: Colors): string {
  const failed = failedSeats(board);
  const counts = board.summary === undefined ? "the engine gave no summary" : describeCounts(board.mode, board.summary);
  const end = board.endedAt ?? board.startedAt;
  const took = board.summary === undefined ? "" : ` in ${formatDuration(end - board.startedAt)}`;
  const line = `${counts}${took}`;
  if (failed.length > 0) {
    return colors.red(`${line}; ${failed.length} of ${board.seats.length} seats failed: ${failed.join(", ")}`);
  }
  return board.failures.length > 0 || board.summary?.outcome === "failed" ? colors.red(`${line}; failed`) : line;
}

function describeCounts(mode: Board["mode"], summary: Summary): string {
  const verbs =
    mode === "preview"
      ? (["to create", "to change", "to replace", "to delete", "unchanged"] as const)
      : (["created", "changed", "replaced", "deleted", "unchanged"] as const);
  const numbers = [summary.created, summary.changed, summary.replaced, summary.deleted, summary.unchanged];
  const parts = numbers.flatMap((count, index) => (count === 0 ? [] : `${count} ${verbs[index] ?? ""}`));
  return parts.length === 0 ? "nothing to do" : parts.join(", ");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
}

/** How long each phase took that was gone through, by node and phase, in seconds. What was unchanged is not in it. */
export function phaseSeconds(board: Board): Record<string, Partial<Record<Phase, number>>> {
  return Object.fromEntries(
    board.seats.map(({ node, phases }) => [
      node,
      Object.fromEntries(
        PHASES.flatMap((phase) => {
          const { startedAt, endedAt, change } = phases[phase];
          return startedAt === undefined || endedAt === undefined || change === "none"
            ? []
            : [[phase, (endedAt - startedAt) / 1000]];
        }),
      ),
    ]),
  );
}

/** After how many seconds each seat that was worked on had all it is to have, by node; a seat that has not is left out. */
export function readyAfter(board: Board): Record<string, number> {
  return Object.fromEntries(
    board.seats.flatMap(({ node, phases }) => {
      const all = PHASES.map((phase) => phases[phase]);
      const ends = all.flatMap(({ endedAt, change }) => (endedAt === undefined || change === "none" ? [] : [endedAt]));
      const complete = all.every(({ state }) => state === "done" || state === "unchanged");
      return complete && ends.length > 0 ? [[node, (Math.max(...ends) - board.startedAt) / 1000]] : [];
    }),
  );
}
