import { describe, expect, test } from "vitest";
import { moveProblems, movesIn } from "../../../config/moves";
import { decodeSections, parseConfig } from "../../../config/parse";

const CLASS = { seats: 3, spares: 2 };

function problems(moved: Record<string, string>): string[] {
  return moveProblems(moved, CLASS).map(({ setting, message }) => `${setting.replace("moved.", "")}: ${message}`);
}

describe("moves", () => {
  test("are well where each seat goes to a spare of its own, and on from there", () => {
    expect(problems({ seat03: "spare01", spare01: "spare02" })).toEqual([]);
    expect(problems({})).toEqual([]);
  });

  test.each([
    [{ seat04: "spare01" }, ["seat04: there is no seat04 in a class of 3 seats with 2 spares"]],
    [{ seat01: "spare03" }, ["seat01: there is no spare03 among 2 spares"]],
    [{ seat01: "seat02" }, ["seat01: there is no seat02 among 2 spares"]],
    [{ spare01: "spare02" }, ["spare01: no seat has moved to spare01"]],
    [
      { seat01: "spare01", seat02: "spare01" },
      ["seat01: two seats have moved to spare01", "seat02: two seats have moved to spare01"],
    ],
    [
      { spare01: "spare02", spare02: "spare01" },
      ["spare01: is part of a circular move", "spare02: is part of a circular move"],
    ],
  ] as const)("%j are refused, with the way back", (moved, starts) => {
    const found = problems(moved);
    expect(found.map((text, index) => text.startsWith(starts[index] ?? "?"))).toEqual(starts.map(() => true));
    for (const text of found) {
      expect(text).toMatch(/ undo the move: pulumi config rm --path moved\.\w+$/);
    }
  });

  test("come from Pulumi as JSON, and are part of the config", () => {
    const raw = decodeSections({ seats: "3", spares: "1", moved: '{"seat02":"spare01"}' });
    expect(parseConfig(raw)).toMatchObject({ ok: true, config: { seats: 3, spares: 1, moved: { seat02: "spare01" } } });
    expect(movesIn(raw)).toEqual({ seat02: "spare01" });
  });

  test("are refused with their setting when the class has shrunk", () => {
    const result = parseConfig({ seats: 2, spares: 1, moved: { seat03: "spare01" } });
    expect(result).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^moved\.seat03: there is no seat03/)],
    });
  });

  test.each([["seat03=spare01"], [{ seat01: 7 }], [["seat01"]]])(
    "of another form, %j, are refused and taken for none",
    (moved) => {
      expect(parseConfig({ moved })).toMatchObject({ ok: false, problems: [expect.stringMatching(/^moved/)] });
      expect(movesIn({ moved })).toEqual({});
    },
  );
});

describe("spares", () => {
  test.each([["21"], [-1], ["many"]])("are refused as %j", (spares) => {
    expect(parseConfig({ spares })).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^spares: must be a whole number from 0 to 20, not/)],
    });
  });

  test("need ports after those of the greatest possible seat", () => {
    expect(parseConfig({ spares: 2, local: { sshPort: 65_334 } })).toMatchObject({ ok: true });
    expect(parseConfig({ spares: 2, local: { sshPort: 65_335 } })).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^local\.sshPort: 65335 leaves no ports for 2 spares, .* would be 65536,/)],
    });
  });
});
