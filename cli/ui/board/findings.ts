import type { EngineEvent } from "@pulumi/pulumi/automation";
import { lastLine, plainText } from "../../../core/text";
import { failGate, gatePhase, noteGate } from "./gate";
import { type Board, CLASS_ROW, type Finding } from "./model";
import { describeUrn, positionOf } from "./position";
import { fail, note } from "./progress";
import { withProgress, withRow } from "./rows";

type DiagnosticEvent = NonNullable<EngineEvent["diagnosticEvent"]>;
type PolicyEvent = NonNullable<EngineEvent["policyEvent"]>;

/** The Pulumi engine's last message, which only repeats that something above failed. */
const CLOSING_MESSAGE = /^(update|preview|refresh|destroy|import) failed$/;

/** How the program's runtime reports that a resource needs another one which has already failed. */
const CONSEQUENCE = /resource (?<name>\S+) \[[^\]]+\] failed to register/;

/** The board after a diagnostic: errors and warnings are kept whole, all else is the latest detail of its resource. */
export function addDiagnostic(board: Board, event: DiagnosticEvent, at: number): Board {
  // The engine also sends "debug", which the published type leaves out; such text quotes inputs and is never shown.
  const severity: string = event.severity;
  if (severity === "error") {
    return addError(board, event, at);
  }
  if (severity === "warning") {
    return { ...board, warnings: withFinding(board.warnings, findingOf(board, event.urn, event.message)) };
  }
  const isDetail = severity === "info" || severity === "info#err";
  return isDetail && event.urn !== undefined ? addDetail(board, event.urn, event.message, at) : board;
}

/** The board after a policy's verdict: what is mandatory fails, the rest is a warning. */
export function addPolicyFinding(board: Board, event: PolicyEvent): Board {
  const finding = findingOf(board, event.resourceUrn, `policy ${event.policyName}: ${event.message}`);
  return event.enforcementLevel === "mandatory"
    ? { ...board, failures: withFinding(board.failures, finding) }
    : { ...board, warnings: withFinding(board.warnings, finding) };
}

/** The board without the failures that only follow from another one: the cause is what has to be read. */
export function withoutConsequences(board: Board): Board {
  const failures = board.failures.filter((finding) => {
    const cause = finding.resource === "" ? CONSEQUENCE.exec(finding.text)?.groups?.["name"] : undefined;
    return cause === undefined || !board.failures.some((other) => other.resource.endsWith(` ${cause}`));
  });
  return { ...board, failures };
}

function addError(board: Board, event: DiagnosticEvent, at: number): Board {
  if (CLOSING_MESSAGE.test(plainText(event.message).trim())) {
    return board;
  }
  const finding = findingOf(board, event.urn, event.message);
  const failures = withFinding(board.failures, finding);
  return { ...(event.urn === undefined ? board : markFailed(board, event.urn, at)), failures };
}

/** The board after a resource failed. The stack and the default providers have no cell of their own to fail. */
export function markFailed(board: Board, urn: string, at: number): Board {
  const position = positionOf(urn);
  return position.role === "gate"
    ? withRow(board, position, (row) => failGate(row, at))
    : withProgress(board, position, (progress) => fail(progress, at));
}

function addDetail(board: Board, urn: string, message: string, at: number): Board {
  const position = positionOf(urn);
  if (position.role === "gate") {
    return withRow(board, position, (row) => noteGate(row, message, at));
  }
  return position.role === "untimed"
    ? board
    : withProgress(board, position, (progress) => note(progress, lastLine(message), at));
}

function findingOf(board: Board, urn: string | undefined, message: string): Finding {
  const text = plainText(message).trim();
  if (urn === undefined || urn === "") {
    return { row: CLASS_ROW, phase: undefined, resource: "", text };
  }
  const { row, node, cell, role } = positionOf(urn);
  const resource = describeUrn(urn);
  if (node === undefined) {
    return { row, phase: undefined, resource, text };
  }
  const seat = board.seats.find(({ name }) => name === row);
  return { row, phase: role === "gate" && seat !== undefined ? gatePhase(seat) : cell, resource, text };
}

/** The engine repeats some messages: each is kept once. */
function withFinding(findings: readonly Finding[], finding: Finding): readonly Finding[] {
  const known = findings.some((other) => other.resource === finding.resource && other.text === finding.text);
  return known || finding.text === "" ? findings : [...findings, finding];
}
