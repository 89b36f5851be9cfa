import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openLesson } from "../../../cli/workflows/lesson/index";
import { lessonSteps, studentNames } from "../../../lesson";
import { evaluate } from "../../../lesson/evaluate";
import { parsePattern } from "../../../lesson/patterns";
import { studentChecks } from "../../../lesson/student-checks";
import type { Check, LessonStep } from "../../../lesson/types";

const OPTIONS = { registryImage: "registry.test/python:3.4" };

/** Every pattern of the built-in lesson and of the example in docs, the students' checks included. */
function patternsInUse(): string[] {
  const names = studentNames("lesson");
  const builtIn = lessonSteps(names, OPTIONS);
  const own = openLesson("docs/lessons/greeting");
  const checks = [
    ...[...builtIn, ...own.steps].flatMap(checksOf),
    ...builtIn.flatMap((step) => studentChecks(step, names)).flatMap((each) => each.checks),
    ...own.steps.flatMap(({ id }) => own.checks.get(id) ?? []).flatMap((each) => each.checks),
  ];
  const prompts = [...builtIn, ...own.steps].flatMap(({ tasks }) =>
    tasks.flatMap((task) => (task.kind === "session" ? [task.prompt] : [])),
  );
  return [...prompts, ...checks.flatMap(({ matches = [], lacks = [] }) => [...matches, ...lacks])];
}

function checksOf({ tasks }: LessonStep): readonly Check[] {
  return tasks.flatMap((task) => {
    if (task.kind === "command") {
      return [...task.checks, ...(task.alternative?.checks ?? [])];
    }
    const demands = task.kind === "session" ? task.lines : task.kind === "proof" ? [task] : [];
    return demands.flatMap(({ checks }) => checks);
  });
}

describe("a lesson's patterns", () => {
  test("that are in use can all be read", () => {
    const patterns = patternsInUse();
    expect(patterns.length).toBeGreaterThan(30);
    for (const pattern of patterns) {
      expect(() => parsePattern(pattern), pattern).not.toThrow();
    }
  });

  test("find what JavaScript's own regular expressions find", () => {
    const own = [
      "^a.c$",
      "\\bfoo\\b",
      "(?<n>x+)|y{2,3}",
      "[\\w-]+\\/\\S+",
      "\\u0041|\\u{1F600}",
      "[^]b",
      "\\p{L}\\d",
      "^$",
    ];
    const lines = [
      "Client:",
      " Version: 20.10",
      "hello from 0123456789ab",
      "a/b",
      "xx yyy",
      "A😀é1",
      "sha256:",
      "abc",
      "",
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...own, ...patternsInUse()),
        fc.array(fc.oneof(fc.constantFrom(...lines), fc.stringMatching(/^[ -~]{0,40}$/)), { maxLength: 6 }),
        (pattern, text) => {
          const output = text.join("\n");
          const match = new RegExp(pattern, "mu").exec(output);
          expect(parsePattern(pattern).test(output)).toBe(match !== null);
          expect(parsePattern(pattern).indexIn(output)).toBe(match?.index);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.for([
    ["(?=a)b", "(?="],
    ["(?<!a)b", "(?<!a)b"],
    ["(a)\\1", "\\1"],
    ["a{1001}", "{1001}"],
    ["\\p{Script=Greek}", "\\p{Script=Greek}"],
  ] as const)("%s is refused with the part that is not supported, and what is not", ([pattern, part]) => {
    expect(() => parsePattern(pattern)).toThrow(
      `${JSON.stringify(part)} is not supported in a lesson's pattern: do not use look-`,
    );
  });

  test("with mistakes are refused in JavaScript's words, and so is what RE2 alone knows", () => {
    expect(() => parsePattern("[a-z")).toThrow("Unterminated character class");
    expect(() => parsePattern("(?i)x")).toThrow("Invalid group");
  });

  // Each would keep JavaScript's own engine at work for longer than anybody waits.
  test.for([
    ["(a+)+$", `${"a".repeat(250_000)}!`],
    ["^(.*)*x(.*)*y$", "x".repeat(250_000)],
    ["(a|b)*a(a|b){30}c", "ab".repeat(125_000)],
    ["[$#] docker \\S+\\s+\\S+ x", "$ docker ".repeat(28_000)],
  ] as const)("%s takes no longer than its text is long", ([pattern, output]) => {
    const started = performance.now();
    const checks = [
      { expected: "it", matches: [pattern] },
      { expected: "no such line", lacks: [pattern] },
    ];
    expect(evaluate({ checks }, { output }).map(({ found }) => found === undefined)).toEqual([false, true]);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
