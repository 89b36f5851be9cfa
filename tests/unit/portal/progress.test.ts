import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openLesson } from "../../../cli/workflows/lesson/index";
import type { WallAnswer } from "../../../portal/protocol";
import { withSeats } from "../../../portal/server/claims";
import { CLASS_LESSON, ownLesson, type PortalLesson } from "../../../portal/server/portal-lesson";
import { lastTime, noteCheck, noteMachine, progressOf, withLesson } from "../../../portal/server/progress";
import { type Roster, RosterFile } from "../../../portal/server/roster";
import { testPortal } from "./app-support";

const NOW = new Date("2026-12-01T10:00:00Z");
const LATER = new Date("2026-12-01T12:00:00Z");
const OWN = ownLesson(openLesson("docs/lessons/greeting"));
const [MACHINE, OTHER] = ["a".repeat(32), "b".repeat(32)] as const;
const EMPTY = withSeats({ version: 1, seats: {} }, ["seat01"]);

function check(before: Roster, step: string, outcome: "passed" | "failed", more: object = {}, now = NOW): Roster {
  return noteCheck(before, { seat: "seat01", machine: MACHINE, lesson: CLASS_LESSON, step, outcome, ...more }, now);
}

const inClass = (roster: Roster) => progressOf(roster, "seat01", CLASS_LESSON);
const inOwn = (roster: Roster) => progressOf(roster, "seat01", OWN.name);

describe("progress", () => {
  test("counts failures, and a step once passed stays passed", () => {
    const after = check(check(check(EMPTY, "1", "failed"), "1", "passed"), "1", "failed");
    expect(inClass(after)).toEqual({ "1": { isDone: true, failures: 2 } });
    expect(lastTime(after, "seat01", "passedAt")).toEqual(NOW);
  });

  test("is about one machine: a new one has none, in no lesson", () => {
    const after = check(check(EMPTY, "1", "passed"), "1", "passed", { lesson: OWN.name });
    expect(noteMachine(after, "seat01", MACHINE)).toBe(after);
    expect(inClass(noteMachine(after, "seat01", OTHER))).toEqual({});
    expect(inOwn(noteMachine(after, "seat01", OTHER))).toEqual({});
    const onOther = check(after, "2", "failed", { machine: OTHER });
    expect(inClass(onOther)).toEqual({ "2": { isDone: false, failures: 1 } });
    expect(inOwn(onOther)).toEqual({});
  });

  test("is about one lesson: the same step of another one is not done, and what was done in each is kept", () => {
    const first = check(EMPTY, "1", "passed");
    expect(inOwn(first)).toEqual({});
    const both = check(first, "1", "failed", { lesson: OWN.name }, LATER);
    expect(inOwn(both)).toEqual({ "1": { isDone: false, failures: 1 } });
    expect(inClass(both)).toEqual({ "1": { isDone: true, failures: 0 } });
    expect(lastTime(both, "seat01", "checkedAt")).toEqual(LATER);
  });

  test("a lesson of one's own is known by its title, whatever that is", () => {
    for (const title of ["class", "__proto__", "constructor"]) {
      const { name } = ownLesson({ title, steps: [], checks: new Map() });
      const after = readAgain(check(EMPTY, "1", "passed", { lesson: name }));
      expect(progressOf(after, "seat01", name)).toEqual({ "1": { isDone: true, failures: 0 } });
      expect(inClass(after)).toEqual({});
    }
  });
});

describe("the roster", () => {
  test("from before there were several lessons is about the class's own", () => {
    const steps = { "1": { passedAt: NOW.toISOString(), failures: 2, checkedAt: NOW.toISOString() } };
    const old = readAgain({
      version: 1,
      lesson: { version: "abc", steps: [{ id: "1", title: "Containers" }] },
      seats: { seat01: { code: "abcd-2345", progress: { machine: MACHINE, steps } } },
    });
    expect(inClass(old)).toEqual({ "1": { isDone: true, failures: 2 } });
    expect(inOwn(old)).toEqual({});
    expect(old.lesson?.name).toBe(CLASS_LESSON);
    expect(inClass(check(old, "2", "passed"))).toMatchObject({ "1": { isDone: true }, "2": { isDone: true } });
  });

  test("knows since when it is about a lesson, also when a word of that is corrected", () => {
    const first = withLesson(EMPTY, OWN, NOW);
    const corrected: PortalLesson = { ...OWN, steps: OWN.steps.map((step) => ({ ...step, title: "Corrected" })) };
    const after = withLesson(first, corrected, LATER);
    expect(after.lesson).toMatchObject({ name: OWN.name, since: NOW.toISOString() });
    expect(after.lesson?.version).not.toBe(first.lesson?.version);
    expect(withLesson(first, { ...OWN, name: CLASS_LESSON }, LATER).lesson?.since).toBe(LATER.toISOString());
  });
});

test("a class that begins another lesson is not stuck in it yet, and has none of the other's steps done", async () => {
  const portal = testPortal();
  const hourAgo = new Date(Date.now() - 3_600_000);
  const claim = { token: "0".repeat(64), at: hourAgo.toISOString() };
  portal.roster.update((roster) => {
    const withClaim = { ...roster, seats: { seat01: { code: "abcd-2345", claim } } };
    return check(withClaim, "1", "passed", { lesson: OWN.name }, hourAgo);
  });
  const body = { code: portal.roster.read().instructor?.code };
  const cookie = (await portal.request("/api/claim", { body })).headers.get("set-cookie")?.split(";")[0] ?? "";
  const wallOf = async (since: Date) => {
    portal.roster.update(({ lesson: _, ...roster }) => withLesson(roster, portal.services.lesson, since));
    return ((await (await portal.request("/api/wall", { cookie })).json()) as WallAnswer).seats[0];
  };
  expect(await wallOf(hourAgo)).toMatchObject({ seat: "seat01", steps: {}, stuckMinutes: 60 });
  expect((await wallOf(new Date()))?.stuckMinutes).toBeUndefined();
});

/** The roster as it comes back from its file. */
function readAgain(roster: object): Roster {
  const directory = mkdtempSync(join(tmpdir(), "portal-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "class-book.json"), JSON.stringify(roster));
  return new RosterFile(directory).read();
}
