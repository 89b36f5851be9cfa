import { describe, expect, test } from "vitest";
import { expiryProblems, extensionOf, parseEnd, standingExpiry } from "../../../config/expiry";
import { parseConfig } from "../../../config/parse";

const NOW = new Date("2026-12-01T18:00:00Z");
const BEFORE = "2026-12-01T17:00:00Z";
const LATER = "2026-12-01T20:00:00Z";

test.each([
  ["2026-12-01T20:00+01:00", "2026-12-01T19:00:00Z"],
  ["8h", undefined],
  ["soon", undefined],
])("a later end of %s is %s", (text, end) => {
  expect(parseEnd(text)).toBe(end);
});

describe("the extension of a class", () => {
  test("counts while it is ahead, and no more once it is past", () => {
    expect(extensionOf({ extended: LATER }, NOW)).toBe(LATER);
    expect(extensionOf({ extended: BEFORE }, NOW)).toBeUndefined();
    expect(extensionOf({ extended: undefined }, NOW)).toBeUndefined();
  });

  test.each([
    ["an extension that is ahead", { expires: BEFORE, extended: LATER }, { time: LATER }],
    ["one that is past", { expires: LATER, extended: BEFORE }, { time: LATER }],
    ["one that is past, of a class with a duration", { expires: "8h", extended: BEFORE }, { seconds: 28_800 }],
    ["none", { expires: BEFORE, extended: undefined }, { time: BEFORE }],
  ])("with %s gives the end", (_, settings, expiry) => {
    expect(standingExpiry({ target: "local", ...settings }, NOW)).toEqual(expiry);
  });

  test("keeps a class whose first time is past from being refused, until both are", () => {
    const problems = (extended: string) =>
      expiryProblems(standingExpiry({ target: "aws", expires: BEFORE, extended }, NOW), NOW);
    expect(problems(LATER)).toEqual([]);
    expect(problems(BEFORE)).toEqual([expect.stringContaining(`${BEFORE} is in the past`)]);
  });
});

describe("the setting extended", () => {
  const problemsOf = (raw: Record<string, unknown>) => {
    const result = parseConfig(raw);
    return result.ok ? [] : result.problems;
  };

  test("is a time, not a duration", () => {
    expect(problemsOf({ expires: "8h", extended: LATER })).toEqual([]);
    expect(problemsOf({ expires: "8h", extended: "2h" })).toEqual([
      'extended: must be a time with a time zone, such as 2026-12-01T18:00Z; ./lab extend writes it, not "2h"',
    ]);
  });

  test("is refused where machines never end", () => {
    const refusal =
      "extended: must not be set unless expires is set: without it, local machines never end by themselves";
    expect(problemsOf({ extended: LATER })).toEqual([expect.stringContaining(refusal)]);
    expect(problemsOf({ target: "aws", aws: { allowedCidrs: "203.0.113.0/24" }, extended: LATER })).toEqual([]);
  });
});
