import { describe, expect, test } from "vitest";
import { colorsFor } from "../../../cli/ui/stream";
import { renderSummary } from "../../../cli/workflows/verify/summary";
import type { SeatVerdict, Verdict } from "../../../cli/workflows/verify/verdict";
import { quickFailure } from "../../../cli/workflows/verify/verify-seats";
import { contextFor, recordedReporter, runtimeIn } from "./support";
import { RecordedStream } from "./ui/stream-double";
import { blocked, failed, passed, STEPS, seatVerdict, verdictOn } from "./verify-double";

const [ONE, TWO, THREE] = STEPS as [(typeof STEPS)[0], (typeof STEPS)[0], (typeof STEPS)[0]];
const FOLDER = ".lab/verdicts/spring/2026-11-23T09-10-11Z";
const GOOD = STEPS.map((step) => passed(step));

function summaryOf(verdict: Verdict): string {
  return renderSummary(verdict, FOLDER, colorsFor(new RecordedStream()));
}

describe("renderSummary", () => {
  test("tells a pass in two lines", () => {
    expect(summaryOf(verdictOn(seatVerdict(1, GOOD)))).toBe(`1 of 1 seat passed in 2.5 s\nEvidence: ${FOLDER}\n`);
  });

  test("tells of a failed step what was run, expected and found, and where the evidence is", () => {
    const steps = [passed(ONE), failed(TWO, "exit code 125 and\nno such image"), blocked(THREE)];
    expect(summaryOf(verdictOn(seatVerdict(1, GOOD), seatVerdict(2, steps)))).toBe(
      [
        "✗ step 2 (An image from it) failed on seat02",
        "    command   docker run figlet",
        "    expected  large letters",
        "    found     exit code 125 and",
        "              no such image",
        `    evidence  ${FOLDER}/seat02.txt`,
        "",
        "1 of 2 seats passed in 2.5 s; failed: seat02 (step 2)",
        `Evidence: ${FOLDER}`,
        "",
      ].join("\n"),
    );
  });

  test("tells once what failed alike on several seats, and each way of failing for itself", () => {
    const seats = [1, 2, 3].map((number) => seatVerdict(number, [passed(ONE), failed(TWO), passed(THREE)]));
    const other = seatVerdict(4, [passed(ONE), failed(TWO, "something else"), passed(THREE)]);
    const summary = summaryOf(verdictOn(...seats, other));
    expect(summary.match(/^✗ .*/gm)).toEqual([
      "✗ step 2 (An image from it) failed on 3 seats (seat01, seat02, seat03)",
      "✗ step 2 (An image from it) failed on seat04",
    ]);
    expect(summary).toContain("0 of 4 seats passed in 2.5 s; failed: seat01 (step 2), seat02 (step 2),");
  });

  test("leaves the end of a long finding to the evidence", () => {
    const found = Array.from({ length: 40 }, (_, line) => `line ${line + 1}`).join("\n");
    const summary = summaryOf(verdictOn(seatVerdict(1, [failed(ONE, found)])));
    expect(summary).toContain("line 12\n              … 28 more lines\n    evidence");
    expect(summary).not.toContain("line 13");
  });

  test("tells each note once, with its seats where it is not true of all", () => {
    const everywhere = "the database is a sample";
    const first = seatVerdict(1, [passed(ONE, [everywhere]), passed(TWO, [everywhere, "no registry"]), passed(THREE)]);
    const second = seatVerdict(2, [passed(ONE, [everywhere]), passed(TWO), passed(THREE)]);
    expect(summaryOf(verdictOn(first, second))).toBe(
      `note: ${everywhere}\nnote: no registry (seat01)\n\n2 of 2 seats passed in 2.5 s\nEvidence: ${FOLDER}\n`,
    );
  });

  test("a class has failed as soon as one seat has, also when others were stopped", () => {
    const bad = seatVerdict(2, [failed(ONE)]);
    const stopped = seatVerdict(3, [passed(ONE)]);
    expect(
      [verdictOn(stopped, bad), verdictOn(stopped), verdictOn(seatVerdict(1, GOOD))].map(({ outcome }) => outcome),
    ).toEqual(["failed", "interrupted", "passed"]);
    expect(summaryOf(verdictOn(stopped, bad))).toContain("; failed: seat02 (step 1); stopped: seat03\n");
  });

  test("says which seats were stopped", () => {
    const summary = summaryOf(verdictOn(seatVerdict(1, GOOD), seatVerdict(2, [passed(ONE)])));
    expect(summary).toContain("1 of 2 seats passed in 2.5 s; stopped: seat02\n");
  });

  test("shows no control characters of nodes", () => {
    const summary = summaryOf(verdictOn(seatVerdict(1, [failed(ONE, "\u001b[2J\u0008gone")])));
    expect(summary).toContain("found     gone\n");
  });
});

describe("quickFailure", () => {
  const context = contextFor(runtimeIn("/program"), "spring", recordedReporter().reporter);
  const failureOf = (...seats: readonly SeatVerdict[]) =>
    quickFailure(context, { verdict: verdictOn(...seats), evidence: FOLDER });

  test("is none after a pass", () => {
    expect(failureOf(seatVerdict(1, GOOD))).toBeUndefined();
  });

  test("has the command, expected and found, and what to type for the seats that failed", () => {
    const bad = [2, 3].map((number) => seatVerdict(number, [passed(ONE), failed(TWO), passed(THREE)]));
    const error = failureOf(seatVerdict(1, GOOD), ...bad);
    expect(error).toMatchObject({
      exitCode: 1,
      hint: expect.stringMatching(/verify --stack spring --seat seat02 --seat seat03\n/),
    });
    expect(error?.hint).toContain("./lab up --stack spring --replace seat02 --replace seat03");
    for (const text of ["docker run figlet", "large letters", "exit code 125: no such image", `${FOLDER}/seat02.txt`]) {
      expect(error?.message).toContain(text);
    }
  });

  test("says that it was stopped, where it was", () => {
    expect(failureOf(seatVerdict(1, [passed(ONE)]))?.message).toBe("Stopped before the quick verdict was done.");
  });
});
