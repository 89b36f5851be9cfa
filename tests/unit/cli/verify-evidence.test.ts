import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KEPT_VERDICTS, saveVerdict, writeVerdict } from "../../../cli/workflows/verify/evidence-folder";
import { renderJunit } from "../../../cli/workflows/verify/junit";
import { lastVerdictsOf } from "../../../cli/workflows/verify/last-verdicts";
import { renderSeatEvidence } from "../../../cli/workflows/verify/summary";
import { verdictSchema } from "../../../cli/workflows/verify/verdict";
import { verifySeats } from "../../../cli/workflows/verify/verify-seats";
import { READINESS } from "../../support/readiness";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder } from "./support";
import { blocked, failed, fakePerformance, knownSeat, passed, STEPS, seatVerdict, verdictOn } from "./verify-double";

const [ONE, TWO, THREE] = STEPS as [(typeof STEPS)[0], (typeof STEPS)[0], (typeof STEPS)[0]];
const GOOD = seatVerdict(
  1,
  STEPS.map((step) => passed(step, step === THREE ? ["a sample database"] : [])),
);
const BAD = seatVerdict(2, [passed(ONE), failed(TWO), blocked(THREE)]);

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe("writeVerdict", () => {
  test("writes what reads back as the same verdict, and a text for each seat", () => {
    const directory = join(temporaryFolder(), "verdicts", "spring");
    const verdict = verdictOn(GOOD, BAD);
    const folder = writeVerdict(directory, verdict);
    expect(folder).toBe(join(directory, "2026-11-23T09-10-11Z"));
    expect(verdictSchema.parse(JSON.parse(readFileSync(join(folder, "verdict.json"), "utf8")))).toEqual(verdict);
    expect(readdirSync(folder).sort()).toEqual(["seat01.txt", "seat02.txt", "verdict.json"]);
    expect(readFileSync(join(folder, "seat02.txt"), "utf8")).toBe(renderSeatEvidence(verdict, BAD));
  });

  test("commands no terminal that shows its files, whatever a node says of itself, and keeps each value", () => {
    const nasty = "x\u001b]0;owned\u0007\u009b2J\u202ey";
    const seat = { ...GOOD, node: nasty, ready: { ...READINESS, os: nasty, hostname: nasty } };
    const folder = writeVerdict(join(temporaryFolder(), "verdicts"), verdictOn(seat));
    const files = ["seat01.txt", "verdict.json"].map((name) => readFileSync(join(folder, name), "utf8"));
    for (const text of files) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
    expect(JSON.parse(files[1] ?? "")).toMatchObject({ seats: [{ node: nasty, ready: { os: nasty } }] });
  });

  test("is nobody else's to read", () => {
    const directory = join(temporaryFolder(), "verdicts", "spring");
    const folder = writeVerdict(directory, verdictOn(GOOD));
    expect([directory, folder].map(modeOf)).toEqual(["700", "700"]);
    expect(readdirSync(folder).map((file) => modeOf(join(folder, file)))).toEqual(["600", "600"]);
  });

  test("gives each verdict of one second a folder of its own, and points latest to the last", () => {
    const directory = temporaryFolder();
    const names = [1, 2, 3].map(() => writeVerdict(directory, verdictOn(GOOD)).slice(directory.length + 1));
    expect(names).toEqual(["2026-11-23T09-10-11Z", "2026-11-23T09-10-11Z-2", "2026-11-23T09-10-11Z-3"]);
    expect(readlinkSync(join(directory, "latest"))).toBe("2026-11-23T09-10-11Z-3");
  });

  test("drops the oldest beyond those kept, and nothing that is no verdict", () => {
    const directory = temporaryFolder();
    const older = Array.from(
      { length: KEPT_VERDICTS },
      (_, day) => `2026-10-${String(day + 1).padStart(2, "0")}T00-00-00Z`,
    );
    for (const name of [...older, "notes"]) {
      mkdirSync(join(directory, name));
    }
    writeFileSync(join(directory, "last-verdicts.json"), "{}");
    writeVerdict(directory, verdictOn(GOOD));
    expect(readdirSync(directory).sort()).toEqual(
      [...older.slice(1), "2026-11-23T09-10-11Z", "last-verdicts.json", "latest", "notes"].sort(),
    );
  });
});

describe("a verdict on a lesson of one's own", () => {
  const verdict = { ...verdictOn(GOOD), lesson: "My lesson" };

  test("is kept by its name, and reads back", () => {
    expect(verdictSchema.parse(structuredClone(verdict))).toEqual(verdict);
    expect(renderSeatEvidence(verdict, GOOD)).toContain('seat01 of the lab "spring": the lesson "My lesson" passed in');
    expect(renderJunit(verdict)).toContain('<testsuites name="lab spring: My lesson"');
  });

  test("is not the last word on the seat: the class's lesson is", () => {
    const context = contextFor(runtimeIn(temporaryFolder()), "spring", recordedReporter().reporter);
    const folder = saveVerdict(context, verdict);
    expect(existsSync(join(context.runtime.programDirectory, folder, "verdict.json"))).toBe(true);
    expect(lastVerdictsOf(context).read().size).toBe(0);
  });
});

describe("verifySeats", () => {
  test("says that it is stopping, and reports what was done until then", async () => {
    const { reporter, said } = recordedReporter();
    const abort = new AbortController();
    const context = { ...contextFor(runtimeIn(temporaryFolder()), "spring", reporter), signal: abort.signal };
    const performance = fakePerformance(STEPS.slice(0, 1).map((step) => passed(step)));
    const { verdict } = await verifySeats(context, {
      kind: "lesson",
      title: "lesson",
      seats: [knownSeat(1), knownSeat(2)],
      performance: {
        ...performance,
        openShell: (seat, signal) => {
          abort.abort();
          return performance.openShell(seat, signal);
        },
      },
      parallel: 1,
    });
    expect(said).toEqual(["stopping, and cleaning up on the nodes"]);
    expect(verdict.outcome).toBe("interrupted");
    expect(verdict.seats.map(({ steps }) => steps.length)).toEqual([1, 0]);
  });
});

describe("verdictSchema", () => {
  const read = (change: object) =>
    verdictSchema.safeParse({ ...structuredClone(verdictOn(GOOD, BAD)), ...change }).success;

  test("refuses another version, and a verdict that lacks something", () => {
    expect(read({})).toBe(true);
    expect(read({ version: 2 })).toBe(false);
    expect(read({ seats: [{ ...GOOD, steps: undefined }] })).toBe(false);
    expect(read({ outcome: "splendid" })).toBe(false);
  });

  test("takes a seat that has no machine, and a session's line, which has no exit code", () => {
    const { exitCode: _, ...line } = passed(ONE).evidence[0] ?? { exitCode: 0 };
    const steps = [{ ...passed(ONE), evidence: [line] }];
    expect(read({ seats: [{ ...GOOD, machine: null, ssh: null, ready: null, steps }] })).toBe(true);
  });
});

describe("renderSeatEvidence", () => {
  test("has the outcome, the versions and the notes first, then every command with its output and checks", () => {
    expect(renderSeatEvidence(verdictOn(GOOD), GOOD)).toMatch(
      /^seat01 of the lab "spring": the lesson passed in 1\.3 s\nbegun 2026-11-23T09:10:11\.123Z on seat01-node1 \(root@127\.0\.0\.1:2201\)\nos: Debian .*\n(.+\n)+note: a sample database\n\n\n/,
    );
    expect(renderSeatEvidence(verdictOn(BAD), BAD)).toContain(
      [
        "step 2: An image from it: failed in 0.4 s",
        "=========================================",
        "",
        "$ docker images",
        "hello",
        "    exit code 0, 0.1 s",
        "    ✓ hello",
        "",
        "$ docker run figlet",
        "Unable to find image",
        "    exit code 125, 0.3 s",
        "    ✗ expected large letters",
        "      found exit code 125: no such image",
        "",
      ].join("\n"),
    );
  });

  test("says why a node was not reached", () => {
    const unreached = seatVerdict(1, [{ ...failed(ONE, "nobody answers"), evidence: [] }]);
    expect(renderSeatEvidence(verdictOn(unreached), unreached)).toContain(
      "$ docker run figlet\n\n    ✗ expected large letters\n      found nobody answers\n",
    );
  });

  test("has no terminal sequences in it", () => {
    const evidence = [{ command: "ls", exitCode: 0, output: "\u001b[1mbold\u001b[0m\u0008\n", seconds: 0, checks: [] }];
    const seat = seatVerdict(1, [{ ...passed(ONE), evidence }]);
    expect(renderSeatEvidence(verdictOn(seat), seat)).toContain("$ ls\nbold\n    exit code 0");
  });
});

describe("the last verdicts", () => {
  function contextIn(folder: string) {
    return contextFor(runtimeIn(folder), "spring", recordedReporter().reporter);
  }

  test("are remembered by seat, in brief, with the machine that they are about", () => {
    const context = contextIn(temporaryFolder());
    expect(lastVerdictsOf(context).read()).toEqual(new Map());
    expect(saveVerdict(context, verdictOn(GOOD, BAD))).toBe(".lab/verdicts/spring/2026-11-23T09-10-11Z");
    const times = { at: "2026-11-23T09:10:11.123Z", seconds: 1.25, folder: "2026-11-23T09-10-11Z" };
    expect(Object.fromEntries(lastVerdictsOf(context).read())).toEqual({
      seat01: { ...times, machine: "machine-of-seat01", kind: "lesson", outcome: "passed", failedSteps: [] },
      seat02: { ...times, machine: "machine-of-seat02", kind: "lesson", outcome: "failed", failedSteps: ["2"] },
    });
  });

  test("stay when others are judged, or when a run was stopped before it came to a verdict", () => {
    const context = contextIn(temporaryFolder());
    saveVerdict(context, verdictOn(GOOD));
    saveVerdict(context, verdictOn(BAD));
    saveVerdict(context, verdictOn(seatVerdict(1, [passed(ONE)])));
    expect([...lastVerdictsOf(context).read()].map(([seat, { outcome }]) => [seat, outcome])).toEqual([
      ["seat01", "passed"],
      ["seat02", "failed"],
    ]);
  });

  test("are forgotten when told, for those seats alone", () => {
    const context = contextIn(temporaryFolder());
    saveVerdict(context, verdictOn(GOOD, BAD));
    lastVerdictsOf(context).forget(["seat02", "seat07"]);
    expect([...lastVerdictsOf(context).read().keys()]).toEqual(["seat01"]);
  });

  test("forgetting what was never known writes nothing", () => {
    const folder = temporaryFolder();
    lastVerdictsOf(contextIn(folder)).forget(["seat01"]);
    expect(existsSync(join(folder, ".lab"))).toBe(false);
  });

  test.each(["", "{", '{"version":2,"seats":{}}', '{"version":1,"seats":{"seat01":{}}}'])(
    "a damaged file is as good as none: %j",
    (text) => {
      const context = contextIn(temporaryFolder());
      saveVerdict(context, verdictOn(GOOD));
      writeFileSync(join(context.runtime.labDirectory, "verdicts", "spring", "last-verdicts.json"), text);
      expect(lastVerdictsOf(context).read()).toEqual(new Map());
      saveVerdict(context, verdictOn(BAD));
      expect([...lastVerdictsOf(context).read().keys()]).toEqual(["seat02"]);
    },
  );
});
