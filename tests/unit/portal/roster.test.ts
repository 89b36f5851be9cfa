import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LabError } from "../../../core/errors";
import { releaseSeat, withSeats } from "../../../portal/server/claims";
import { CLASS_LESSON } from "../../../portal/server/portal-lesson";
import { noteCheck, noteMachine, progressOf } from "../../../portal/server/progress";
import { parseRoster, RosterFile } from "../../../portal/server/roster";
import { labErrorOf } from "../cli/support";
import { claimSeat, testPortal } from "./app-support";

const NOW = "2026-12-01T10:00:00.000Z";
const MACHINE = "0123456789abcdef0123456789abcdef";
const SECRET = "k3fw-9tqa-secret-of-a-seat";

function file(content?: object) {
  const directory = mkdtempSync(join(tmpdir(), "portal-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "portal", "class-book.json");
  if (content !== undefined) {
    mkdirSync(dirname(path));
    writeFileSync(path, JSON.stringify(content));
  }
  return { directory: dirname(path), path };
}

const versionOf = (path: string) => {
  const { ino, mtimeNs } = statSync(path, { bigint: true });
  return { ino, mtimeNs };
};

describe("the roster's file", () => {
  test("is kept for its owner alone, and read again by others", () => {
    const { directory, path } = file();
    const written = new RosterFile(directory).update((roster) => withSeats(roster, ["seat01"]));
    expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
    expect((statSync(directory).mode & 0o777).toString(8)).toBe("700");
    expect(new RosterFile(directory).read()).toEqual(written);
  });

  test("is parsed once for each change, whoever made it", () => {
    const { directory } = file();
    const [portal, command] = [new RosterFile(directory), new RosterFile(directory)];
    portal.update((roster) => withSeats(roster, ["seat01"]));
    const first = portal.read();
    expect(portal.read()).toBe(first);
    command.update((roster) => withSeats(roster, ["seat01", "seat02"]));
    const second = portal.read();
    expect(Object.keys(second.seats)).toEqual(["seat01", "seat02"]);
    expect(portal.read()).toBe(second);
  });

  test("that another process replaced is noticed, also at the same size and time", () => {
    const { directory, path } = file();
    const withCode = (code: string) => () => ({ version: 1 as const, seats: { seat01: { code } } });
    const portal = new RosterFile(directory);
    portal.update(withCode("aaaa-2345"));
    utimesSync(path, 1, 1);
    const { size } = statSync(path);
    expect(portal.read().seats["seat01"]?.code).toBe("aaaa-2345");
    new RosterFile(directory).update(withCode("bbbb-2345"));
    utimesSync(path, 1, 1);
    expect(statSync(path).size).toBe(size);
    expect(portal.read().seats["seat01"]?.code).toBe("bbbb-2345");
  });

  test("that was removed is empty, and written anew", () => {
    const { directory, path } = file();
    const portal = new RosterFile(directory);
    portal.update((roster) => withSeats(roster, ["seat01"]));
    rmSync(path);
    expect(portal.read()).toEqual({ version: 1, seats: {} });
    portal.update((roster) => withSeats(roster, ["seat02"]));
    expect(Object.keys(new RosterFile(directory).read().seats)).toEqual(["seat02"]);
  });

  test("is written only when something changed", () => {
    const { directory, path } = file();
    const portal = new RosterFile(directory);
    portal.update((roster) => withSeats(roster, ["seat01"]));
    const before = versionOf(path);
    portal.update((roster) => ({ ...roster, seats: { ...roster.seats } }));
    portal.update((roster) => releaseSeat(roster, "seat01") ?? roster);
    expect(versionOf(path)).toEqual(before);
    portal.update((roster) => withSeats(roster, ["seat01", "seat02"]));
    expect(versionOf(path)).not.toEqual(before);
  });

  test("is left alone by requests that change nothing, and by wrong codes", async () => {
    const portal = testPortal();
    const cookie = await claimSeat(portal, portal.codeOf("seat01"));
    const read = portal.roster.read();
    for (const path of ["/api/session", "/api/lesson"]) {
      expect((await portal.request(path, { cookie })).status).toBe(200);
    }
    expect((await portal.request("/api/claim", { body: { code: "zzzz-zzzz-zzzz" } })).status).toBe(403);
    expect(portal.roster.read()).toBe(read);
  });
});

describe("a roster that is not as it has to be", () => {
  const claim = { token: "0".repeat(64), at: NOW };
  const noted = { failures: 0, checkedAt: NOW };
  const seat = { code: "abcd-2345-wxyz" };
  const withStep = (step: object) => ({
    ...seat,
    progress: { machine: MACHINE, lessons: { [CLASS_LESSON]: { "1": step } } },
  });
  const manySteps = Object.fromEntries(Array.from({ length: 201 }, (_, step) => [String(step), noted]));

  test.each([
    ["seats.seat01.code: Too big", { seat01: { code: SECRET } }],
    ["seats.seat01.code: Too small", { seat01: { code: "" } }],
    ["seats.seat01.claim.token: Invalid string", { seat01: { ...seat, claim: { ...claim, token: SECRET } } }],
    ["seats.seat01.claim.at: Invalid ISO datetime", { seat01: { ...seat, claim: { ...claim, at: "now" } } }],
    ["seats.seat01.progress.lessons.class.1.failures: Too small", { seat01: withStep({ ...noted, failures: -1 }) }],
    [
      "seats.seat01.progress.lessons.class: Too big: expected at most 200 entries",
      {
        seat01: { ...seat, progress: { machine: MACHINE, lessons: { [CLASS_LESSON]: manySteps } } },
      },
    ],
    [`seats.${"s".repeat(94)}: Invalid key`, { ["s".repeat(100_000)]: seat }],
    ["seats: Invalid input: expected record", []],
  ])("is refused with the place: %s", (place, seats) => {
    const { directory, path } = file({ version: 1, seats });
    const problem = labErrorOf(() => new RosterFile(directory).read());
    expect(problem.message).toContain(`${path} is damaged, or of another version of lab: ${place}`);
    expect(problem.message.length).toBeLessThan(500);
    expect(problem.message).not.toContain(SECRET);
    expect(problem.hint).toMatch(/^Remove it and run \.\/lab portal again\./);
  });

  test("of no JSON is refused", () => {
    const { directory, path } = file({});
    writeFileSync(path, "{");
    expect(() => new RosterFile(directory).read()).toThrow(/is damaged, or of another version of lab: Invalid input/);
  });

  test("of too many bytes is refused before they are read", () => {
    const { directory, path } = file({});
    truncateSync(path, 2 ** 32);
    expect(labErrorOf(() => new RosterFile(directory).read()).message).toBe(
      `${path} has ${2 ** 32} bytes; at most 16777216 are allowed.`,
    );
    expect(() => parseRoster(" ".repeat(16_777_217), "the portal's machine")).toThrow(/ has 16777217 bytes; at most/);
  });

  test("is never written: the file stays as it was", () => {
    const { directory, path } = file();
    const portal = new RosterFile(directory);
    const before = portal.update((roster) => withSeats(roster, ["seat01"]));
    const text = readFileSync(path, "utf8");
    expect(() => portal.update((roster) => ({ ...roster, seats: { seat01: { code: "" } } }))).toThrow(LabError);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(portal.read()).toBe(before);
  });
});

describe("what a node gives as its machine id", () => {
  const FALSE_IDS = ["", "x", MACHINE.toUpperCase(), `${MACHINE}0`, "0".repeat(50_000_000)];
  const roster = withSeats({ version: 1, seats: {} }, ["seat01"]);

  test.each(FALSE_IDS)("is not noted unless it is one (%#)", (machine) => {
    const check = { seat: "seat01", machine, lesson: CLASS_LESSON, step: "1", outcome: "passed" as const };
    expect(labErrorOf(() => noteCheck(roster, check, new Date(NOW))).message).toBe(
      "seat01: /etc/machine-id is not 32 hexadecimal digits, so the check cannot be recorded.",
    );
    expect(noteMachine(roster, "seat01", machine)).toBe(roster);
    expect(noteMachine(roster, "seat01", MACHINE).seats["seat01"]?.progress?.machine).toBe(MACHINE);
  });

  test("and an earlier version stored is dropped at the next start, with the seat's progress alone", () => {
    const lessons = { [CLASS_LESSON]: { "1": { passedAt: NOW, failures: 0, checkedAt: NOW } } };
    const seats = {
      seat01: { code: "abcd-2345", progress: { machine: "0".repeat(1_000_000), lessons } },
      seat02: { code: "abcd-6789", progress: { machine: MACHINE, lessons } },
    };
    const { directory, path } = file({ version: 1, seats });
    const portal = new RosterFile(directory);
    expect(portal.read().seats["seat01"]).toEqual({ code: "abcd-2345" });
    expect(progressOf(portal.read(), "seat02", CLASS_LESSON)).toEqual({ "1": { isDone: true, failures: 0 } });
    portal.update((roster) => noteMachine(roster, "seat01", "f".repeat(32)));
    expect(statSync(path).size).toBeLessThan(2000);
  });
});
