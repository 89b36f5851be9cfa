import { stepName } from "../../../core/step-name";
import { firstLine, formatDuration, plainText } from "../../../core/text";
import type { CheckResult, Evidence, StepVerdict } from "../../../lesson/types";
import type { SeatVerdict, Verdict, VerdictKind } from "./verdict";

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
