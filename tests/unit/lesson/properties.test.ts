import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../../lesson/evaluate";
import { escapePattern } from "../../../lesson/names";
import { fillIn } from "../../../lesson/perform/lookups";

/** What a program may print, with all that means something in a regular expression. */
const output = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(..."abc .*+?^{}$()|[]\\/-\n") }),
);
/** Short, so that now and then it is in an output, and now and then only a pattern of it would be. */
const sought = fc.string({ unit: fc.constantFrom(..."ab.*+?^{}$()|[]\\/-\n"), maxLength: 2 });
const checks = (check: object) => ({ checks: [{ expected: "it", ...check }] });

describe("what is said of an output", () => {
  test("is one result for the exit code and one for each check, in the checks' words", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), output, fc.array(output), (code, exitCode, printed, texts) => {
        const demand = {
          exitCode: { expected: "that exit code", code },
          checks: texts.map((text) => ({ expected: `the text ${text}`, contains: [text] })),
        };
        const results = evaluate(demand, { exitCode, output: printed });
        expect(results.map(({ expected }) => expected)).toEqual([
          "that exit code",
          ...texts.map((text) => `the text ${text}`),
        ]);
        expect(results.map(({ found }) => found === undefined)).toEqual([
          code === exitCode,
          ...texts.map((text) => printed.includes(text)),
        ]);
      }),
    );
  });

  test("of a text as a pattern is what is said of the text, wanted and unwanted", () => {
    fc.assert(
      fc.property(output, sought, (printed, text) => {
        const pattern = [escapePattern(text)];
        const [wanted] = evaluate(checks({ matches: pattern }), { output: printed });
        const [unwanted] = evaluate(checks({ lacks: pattern }), { output: printed });
        expect([wanted?.found === undefined, unwanted?.found === undefined]).toEqual([
          printed.includes(text),
          !printed.includes(text),
        ]);
      }),
      { numRuns: 2_000 },
    );
  });

  test("finds a text between any others", () => {
    fc.assert(
      fc.property(output, output, output, (before, text, after) => {
        const [result] = evaluate(checks({ matches: [escapePattern(text)] }), { output: before + text + after });
        expect(result).toEqual({ expected: "it" });
      }),
    );
  });
});

test("a value takes the place of its name alone, whatever else a command has", () => {
  const rest = fc.string({ unit: fc.constantFrom(..."ab $&`'\\") });
  const value = fc.stringMatching(/^[A-Za-z0-9:._-]+$/);
  fc.assert(
    fc.property(rest, value, rest, (before, found, after) => {
      const command = (name: string) => `${before}${name}${after}<other name>`;
      expect(fillIn(command("<container ID>"), { "container ID": found })).toBe(command(found));
    }),
  );
});
