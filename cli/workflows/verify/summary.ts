import { stepName } from "../../../core/step-name";
import { firstLine, formatDuration, plainText } from "../../../core/text";
import type { CheckResult, Evidence, StepVerdict } from "../../../lesson/types";
import type { Colors } from "../../ui/stream";
import type { SeatVerdict, Verdict, VerdictKind } from "./verdict";

/** A step that failed in the same way on one or more seats. */
interface SharedFailure {
  readonly step: string;
  readonly title: string;
  readonly command: string;
  readonly expected: string;
  readonly found: string;
  readonly seats: string[];
}

/** More lines of what was found than this are left to the evidence. */
const FOUND_LINES = 12;

/** What is printed at the end: every failure, each note once, and how it went. `evidence` is the folder, as it is typed. */
export function renderSummary(verdict: Verdict, evidence: string, colors: Colors): string {
  const notes = renderNotes(verdict, colors);
  const end = `${renderOutcome(verdict, colors)}\nEvidence: ${evidence}`;
  const failures = renderFailures(verdict, evidence, colors);
  return `${[...failures, ...(notes.length > 0 ? [notes.join("\n")] : []), end].join("\n\n")}\n`;
}

/** A paragraph for each step that failed, those alike on several seats in one. */
export function renderFailures(verdict: Verdict, evidence: string, colors: Colors): string[] {
  return sharedFailures(verdict).map((failure) => renderFailure(failure, evidence, colors));
}

/** A line for each note, with the seats that it is about where these are not all. */
export function renderNotes(verdict: Verdict, colors: Colors): string[] {
  return verdict.notes.map(({ text, seats }) => {
    const whose = seats.length === verdict.seats.length ? "" : ` (${seats.join(", ")})`;
    return `${colors.yellow("note:")} ${plainText(text)}${whose}`;
  });
}

/** Failures that follow from others are left out: fix the cause, and they go. */
function sharedFailures(verdict: Verdict): readonly SharedFailure[] {
  const shared = new Map<string, SharedFailure>();
  for (const { seat, steps } of verdict.seats) {
    for (const { id, title, outcome, failure } of steps) {
      if (outcome === "failed") {
        const reported = failure ?? { command: "", expected: "", found: "no reason is known" };
        const key = JSON.stringify([id, reported]);
        const same = shared.get(key) ?? { step: id, title, ...reported, seats: [] };
        same.seats.push(seat);
        shared.set(key, same);
      }
    }
  }
  return [...shared.values()];
}

function renderFailure(failure: SharedFailure, evidence: string, colors: Colors): string {
  const [first = ""] = failure.seats;
  const where = failure.seats.length > 1 ? `${failure.seats.length} seats (${failure.seats.join(", ")})` : first;
  const rows = [
    ["command", failure.command],
    ["expected", failure.expected],
    ["found", shorten(failure.found)],
    ["evidence", `${evidence}/${first}.txt`],
  ];
  const about = failure.title === failure.step ? "" : ` (${failure.title})`;
  const title = colors.red(`✗ ${stepName(failure.step)}${about} failed on ${where}`);
  return [title, ...rows.map(([name = "", text = ""]) => `    ${name.padEnd(10)}${hang(text)}`)].join("\n");
}

function shorten(text: string): string {
  const lines = text.trim().split("\n");
  const more = lines.length - FOUND_LINES;
  return more > 0 ? [...lines.slice(0, FOUND_LINES), `… ${more} more lines`].join("\n") : lines.join("\n");
}

/** Lines after the first stand below it. */
function hang(text: string): string {
  return plainText(text)
    .split("\n")
    .join(`\n${" ".repeat(14)}`);
}

function renderOutcome(verdict: Verdict, colors: Colors): string {
  const took = `in ${formatDuration(verdict.seconds * 1000)}`;
  const total = verdict.seats.length;
  const of = (outcome: SeatVerdict["outcome"]) => verdict.seats.filter((seat) => seat.outcome === outcome);
  const failed = of("failed");
  const parts = [
    `${of("passed").length} of ${total} ${total === 1 ? "seat" : "seats"} passed ${took}`,
    ...(failed.length > 0 ? [`failed: ${failed.map(describeFailed).join(", ")}`] : []),
    ...(of("interrupted").length > 0
      ? [
          `stopped: ${of("interrupted")
            .map(({ seat }) => seat)
            .join(", ")}`,
        ]
      : []),
  ];
  return (verdict.outcome === "passed" ? colors.green : colors.red)(parts.join("; "));
}

function describeFailed({ seat, steps }: SeatVerdict): string {
  return `${seat} (${steps
    .filter(({ outcome }) => outcome === "failed")
    .map(({ id }) => stepName(id))
    .join(", ")})`;
}

const KINDS: Readonly<Record<VerdictKind, string>> = {
  lesson: "the lesson",
  steps: "some steps of the lesson",
  quick: "the quick verdict of lab up",
};

/** The evidence on one seat for people: every command with what it printed and what was expected of it. */
export function renderSeatEvidence(verdict: Verdict, seat: SeatVerdict): string {
  return `${[headOf(verdict, seat), ...seat.steps.map(renderStep)].join("\n\n\n")}\n`;
}

/** The versions that matter on a node, as the readiness gate found them. */
export function describeVersions(ready: NonNullable<SeatVerdict["ready"]>): [name: string, value: string][] {
  const { updatedAt, sample } = ready.trivy.database;
  return [
    ["os", firstLine(ready.os)],
    ["architecture", firstLine(ready.architecture)],
    ["docker", firstLine(ready.docker.server)],
    ["trivy", firstLine(ready.trivy.version)],
    ["vulnerability database", firstLine(`${updatedAt}${sample === undefined ? "" : ` (${sample})`}`)],
  ];
}

function headOf(
  { stack, kind, lesson }: Verdict,
  { seat, node, ssh, ready, startedAt, seconds, outcome, steps }: SeatVerdict,
) {
  const address = ssh === null ? "no machine" : `${ssh.user}@${ssh.host}:${ssh.port}`;
  const versions = ready === null ? [] : describeVersions(ready).map(([name, value]) => `${name}: ${value}`);
  const notes = [...new Set(steps.flatMap((step) => step.notes))].map((note) => `note: ${plainText(note)}`);
  return [
    `${seat} of the lab "${stack}": ${KINDS[kind]}${lesson === undefined ? "" : ` "${lesson}"`} ${outcome} in ${formatDuration(seconds * 1000)}`,
    `begun ${startedAt} on ${node} (${address})`,
    ...versions,
    ...notes,
  ].join("\n");
}

function renderStep({ id, title, outcome, seconds, evidence, failure }: StepVerdict): string {
  const heading = `${stepName(id)}: ${title}: ${outcome} in ${formatDuration(seconds * 1000)}`;
  // A node that was not reached has no evidence.
  const unproven = failure === undefined || evidence.length > 0 ? [] : [`$ ${failure.command}`, renderCheck(failure)];
  return [`${heading}\n${"=".repeat(heading.length)}`, ...unproven, ...evidence.map(renderEvidence)].join("\n\n");
}

function renderEvidence({ command, exitCode, output, seconds, checks }: Evidence): string {
  const typed = plainText(command).split("\n").join("\n> ");
  const end = `${exitCode === undefined ? "" : `exit code ${exitCode}, `}${formatDuration(seconds * 1000)}`;
  const lines = [`$ ${typed}`, plainText(output).trimEnd(), `    ${end}`, ...checks.map(renderCheck)];
  return lines.filter((line) => line !== "").join("\n");
}

function renderCheck({ expected, found }: CheckResult): string {
  if (found === undefined) {
    return `    ✓ ${plainText(expected)}`;
  }
  return `    ✗ expected ${plainText(expected)}\n      found ${plainText(found).trimEnd().split("\n").join("\n        ")}`;
}
