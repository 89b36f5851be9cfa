import { describe, expect, test } from "vitest";
import { claim, holderOf, releaseSeat, withInstructorCode, withSeats } from "../../../portal/server/claims";
import { newCode, normalizeCode } from "../../../portal/server/codes";
import type { Roster } from "../../../portal/server/roster";

const NOW = new Date("2026-12-01T10:00:00Z");
const EMPTY: Roster = { version: 1, seats: {} };

function claimed(roster: Roster, code: string) {
  const result = claim(roster, code, undefined, NOW);
  if (result.kind !== "claimed") {
    expect.fail(`the code was ${result.kind}`);
  }
  return result;
}

describe("codes", () => {
  test("are three groups of four that nobody misreads, 60 bits, and each another one", () => {
    const codes = Array.from({ length: 200 }, newCode);
    expect(codes.filter((code) => !/^[a-kmnp-z2-9]{4}(-[a-kmnp-z2-9]{4}){2}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(200);
    expect(new Set(codes.join("").replaceAll("-", "")).size).toBe(32);
  });

  const MEANT = "abcd-2345-wxyz";
  test.each([MEANT, "ABCD-2345-WXYZ", " abcd 2345 wxyz ", "abcd2345wxyz", "abcd--2345wxyz"])(
    `%j is meant as ${MEANT}`,
    (typed) => {
      expect(normalizeCode(typed)).toBe(MEANT);
    },
  );

  test("of classes that were made before, of two groups, are still good", () => {
    const before: Roster = { version: 1, seats: { seat01: { code: "abcd-2345" } } };
    expect(claimed(before, "ABCD2345").holder).toBe("seat01");
    expect(claim(before, "abcd-2345-wxyz", undefined, NOW).kind).toBe("wrong");
  });
});

describe("a claim", () => {
  const roster = withInstructorCode(withSeats(EMPTY, ["seat01", "seat02"]));
  const code = roster.seats["seat01"]?.code ?? "";

  test("gives one browser the seat; the code is of no use to another one", () => {
    const first = claimed(roster, code);
    expect(first.holder).toBe("seat01");
    expect(holderOf(first.roster, first.token)).toBe("seat01");
    expect(claim(first.roster, code, undefined, NOW)).toEqual({ kind: "used", holder: "seat01" });
  });

  test("of a browser that has the seat already changes nothing", () => {
    const { roster: after, token } = claimed(roster, code);
    expect(claim(after, code, token, NOW)).toEqual({ kind: "already yours", holder: "seat01" });
  });

  test("of a browser that has another seat is refused like any other's", () => {
    const other = claimed(claimed(roster, code).roster, roster.seats["seat02"]?.code ?? "");
    expect(claim(other.roster, code, other.token, NOW)).toEqual({ kind: "used", holder: "seat01" });
  });

  test("with a wrong code, or an empty one, gives nothing", () => {
    expect(["abcd-0000", "", "seat01"].map((typed) => claim(roster, typed, undefined, NOW).kind)).toEqual([
      "wrong",
      "wrong",
      "wrong",
    ]);
  });

  test("keeps no token that could be used", () => {
    const { roster: after, token } = claimed(roster, code);
    expect(JSON.stringify(after)).not.toContain(token);
  });

  test("is over once the seat is freed; then the same code is good again", () => {
    const first = claimed(roster, code);
    const freed = releaseSeat(first.roster, "seat01");
    expect(freed && holderOf(freed, first.token)).toBeUndefined();
    expect(freed && claimed(freed, code).holder).toBe("seat01");
    expect(releaseSeat(first.roster, "seat99")).toBeUndefined();
  });

  test("by the instructor's code is the instructor's, until there is a new one", () => {
    const { holder, token, roster: after } = claimed(roster, roster.instructor?.code ?? "");
    expect(holder).toBe("instructor");
    expect(holderOf(withInstructorCode(after), token)).toBeUndefined();
  });

  test("seats that come later get codes, and the others keep theirs", () => {
    const more = withSeats(roster, ["seat01", "seat02", "seat03"]);
    expect(more.seats["seat01"]).toEqual(roster.seats["seat01"]);
    expect(more.seats["seat03"]?.code).toMatch(/^\S{4}-\S{4}-\S{4}$/);
  });
});
