import { create } from "xmlbuilder2";
import type { XMLBuilder } from "xmlbuilder2/lib/interfaces";
import { plainText } from "../../../core/text";
import type { StepVerdict } from "../../../lesson/types";
import { describeVersions } from "./summary";
import type { SeatVerdict, StepTitle, Verdict } from "./verdict";

/**
 * A verdict as JUnit XML, which CI systems show: a suite for each seat, a case for each step, always the same ones. A step
 * that was not performed, or that failed because one that it needs did, is skipped: the cause alone counts as failed.
 */
export function renderJunit(verdict: Verdict): string {
  // Terminals' control characters are no XML, escaped or not.
  const document = create({ version: "1.0", encoding: "UTF-8", invalidCharReplacement: "\ufffd" });
  const counts = countCases(verdict.seats.flatMap((seat) => verdict.steps.map((step) => stepOf(seat, step))));
  const root = document.ele("testsuites", {
    name: oneLine(`lab ${verdict.stack}${verdict.lesson === undefined ? "" : `: ${verdict.lesson}`}`),
    ...counts,
    time: time(verdict.seconds),
  });
  for (const seat of verdict.seats) {
    addSuite(root, verdict, seat);
  }
  return `${document.end({ prettyPrint: true })}\n`;
}

function addSuite(root: XMLBuilder, { stack, steps }: Verdict, seat: SeatVerdict): void {
  const suite = root.ele("testsuite", {
    name: seat.seat,
    hostname: oneLine(seat.ready?.hostname ?? seat.node),
    ...countCases(steps.map((step) => stepOf(seat, step))),
    time: time(seat.seconds),
    timestamp: seat.startedAt.replace(/\.\d+Z$/, ""),
  });
  const properties = propertiesOf(seat);
  if (properties.length > 0) {
    const element = suite.ele("properties");
    for (const [name, value] of properties) {
      element.ele("property", { name, value: oneLine(value) });
    }
  }
  for (const step of steps) {
    addCase(suite, `${stack}.${seat.seat}`, step, stepOf(seat, step));
  }
}

function addCase(suite: XMLBuilder, classname: string, step: StepTitle, verdict: StepVerdict | undefined): void {
  const name = oneLine(`${step.id} ${step.title}`);
  const element = suite.ele("testcase", { classname, name, time: time(verdict?.seconds ?? 0) });
  if (verdict === undefined) {
    element.ele("skipped", { message: "not performed: the run was stopped before it" });
  } else if (verdict.outcome === "blocked") {
    element.ele("skipped", { message: `a step that it needs failed: ${oneLine(failureMessage(verdict))}` });
  } else if (verdict.outcome === "failed") {
    element.ele("failure", { message: oneLine(failureMessage(verdict)), type: "failed" }).txt(failureText(verdict));
  }
}

function propertiesOf(seat: SeatVerdict): [name: string, value: string][] {
  const notes = new Set(seat.steps.flatMap((step) => step.notes));
  return [
    ...(seat.ready === null ? [] : describeVersions(seat.ready)),
    ...[...notes].map((text): [string, string] => ["note", text]),
  ];
}

function failureMessage({ failure }: StepVerdict): string {
  return failure === undefined ? "no reason is known" : `${failure.command}: expected ${failure.expected}`;
}

/** What was run, expected and found, then all that the command printed. */
function failureText({ failure, evidence }: StepVerdict): string {
  if (failure === undefined) {
    return "";
  }
  const { command, expected, found } = failure;
  const printed = evidence.findLast((item) => item.command === command && item.checks.some((check) => check.found));
  const output = printed === undefined || printed.output === "" ? "" : `\noutput:\n${printed.output}`;
  return literal(plainText(`command:  ${command}\nexpected: ${expected}\nfound:    ${found}${output}`));
}

function stepOf(seat: SeatVerdict, { id }: StepTitle): StepVerdict | undefined {
  return seat.steps.find((step) => step.id === id);
}

function countCases(steps: readonly (StepVerdict | undefined)[]) {
  const failures = steps.filter((step) => step?.outcome === "failed").length;
  const skipped = steps.filter((step) => step === undefined || step.outcome === "blocked").length;
  return { tests: steps.length, failures, errors: 0, skipped };
}

/** XML's attributes have no line ends. */
function oneLine(text: string): string {
  return literal(plainText(text).replace(/\s+/g, " ").trim());
}

/** The builder takes "&lt;" for "<", and a node may well print just that. */
function literal(text: string): string {
  return text.replaceAll("&", "&amp;");
}

function time(seconds: number): string {
  return seconds.toFixed(3);
}
