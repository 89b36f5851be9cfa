import { plainText } from "../../../core/text";
import type { Change, Phase, SeatRow } from "./model";
import { begin, end, endRunning, fail, note } from "./progress";
import { withPhase } from "./rows";

/** What the readiness gate writes to stderr as it goes: `phase: docker starting the daemon`. */
const PHASE_LINE = /^phase:\s*(cloud-init|docker)\b\s*(.*)$/;

/** The gate is one resource and two phases: it begins in cloud-init, and its own output moves it on to Docker. */
export function beginGate(row: SeatRow, urn: string, change: Change, at: number): SeatRow {
  const started = withPhase(row, "cloud-init", (progress) => begin(progress, urn, change, at));
  return movesThroughPhases(change) ? started : withPhase(started, "Docker", (p) => begin(p, urn, change, at));
}

/** The gate is over, and so are both of its phases. */
export function endGate(row: SeatRow, urn: string, change: Change, at: number): SeatRow {
  const reachedDocker = movesThroughPhases(change) ? enterDocker(row, urn, at) : row;
  const passed = withPhase(reachedDocker, "cloud-init", (progress) => end(progress, urn, change, at));
  return withPhase(passed, "Docker", (progress) => end(progress, urn, change, at));
}

/** The gate failed in the phase it had come to. */
export function failGate(row: SeatRow, at: number): SeatRow {
  return withPhase(row, gatePhase(row), (progress) => fail(progress, at));
}

/** Text from the gate: phase lines move the row on, all else is detail of the phase it is in. */
export function noteGate(row: SeatRow, message: string, at: number): SeatRow {
  let noted = row;
  for (const line of plainText(message).split("\n")) {
    noted = noteGateLine(noted, line.trim(), at);
  }
  return noted;
}

/** The phase that the gate of this row is in. */
export function gatePhase(row: SeatRow): Phase {
  const { state } = row.phases.Docker;
  return state === "running" || state === "failed" ? "Docker" : "cloud-init";
}

function noteGateLine(row: SeatRow, line: string, at: number): SeatRow {
  const [, name, text = ""] = PHASE_LINE.exec(line) ?? [];
  if (name === undefined) {
    return withPhase(row, gatePhase(row), (progress) => note(progress, line, at));
  }
  const urn = row.phases["cloud-init"].working[0];
  const moved = name === "docker" && urn !== undefined ? enterDocker(row, urn, at) : row;
  return withPhase(moved, name === "docker" ? "Docker" : "cloud-init", (progress) => note(progress, text, at));
}

function enterDocker(row: SeatRow, urn: string, at: number): SeatRow {
  if (row.phases["cloud-init"].state !== "running") {
    return row;
  }
  const { change } = row.phases["cloud-init"];
  const passed = withPhase(row, "cloud-init", (progress) => endRunning(progress, "done", at));
  return withPhase(passed, "Docker", (progress) => begin(progress, urn, change, at));
}

/** Only a gate that runs goes through its phases one after the other; kept or deleted, they end together. */
function movesThroughPhases(change: Change): boolean {
  return change !== "none" && change !== "delete";
}
