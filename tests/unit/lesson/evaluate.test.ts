import { expect, test } from "vitest";
import { evaluate } from "../../../lesson/evaluate";

const OK = { expected: "exit code 0", code: 0 };

test("a command whose exit code and output are as demanded has no findings", () => {
  const checks = [
    { expected: "a greeting", contains: ["hello"], matches: ["^hello from [0-9a-f]+$"], lacks: ["^E: "] },
  ];
  expect(evaluate({ exitCode: OK, checks }, { exitCode: 0, output: "so\nhello from 12ab\n" })).toEqual([
    { expected: "exit code 0" },
    { expected: "a greeting" },
  ]);
});

test.for([
  [
    "the exit code is another",
    {},
    { exitCode: 127, output: "bash: trivy: command not found\n" },
    'exit code 127 and the output "bash: trivy: command not found"',
  ],
  ["nothing was printed", { contains: ["hello"] }, { exitCode: 0, output: " \n" }, 'no output, without "hello"'],
  [
    "a text is missing",
    { contains: ["hello", "v0.2"] },
    { exitCode: 0, output: "hello" },
    'the output "hello", without "v0.2"',
  ],
  ["a pattern matches nowhere", { matches: ["o$", "^CACHED"] }, { exitCode: 0, output: "hello" }, 'the output "hello"'],
  [
    "an unwanted line is there",
    { lacks: ["^E: "] },
    { exitCode: 0, output: "a\nE: no such package \nb" },
    'the line "E: no such package"',
  ],
  [
    "the output is long",
    { contains: ["x"] },
    { exitCode: 0, output: "0123456789".repeat(100) },
    `an output that ends with "${"0123456789".repeat(40)}", without "x"`,
  ],
] as const)("told when %s", ([, check, result, found]) => {
  const [exit, checked] = evaluate({ exitCode: OK, checks: [{ expected: "it", ...check }] }, result);
  expect([exit?.found, checked?.found].filter((text) => text !== undefined)).toEqual([found]);
});

test("a known cause takes the place of what was found, in failures alone", () => {
  const demand = {
    exitCode: OK,
    checks: [
      { expected: "b", matches: ["^b$"] },
      { expected: "a", matches: ["^a$"] },
    ],
    causes: [
      { matches: "^c$", found: "not this one" },
      { matches: "^b$", found: "the cause" },
    ],
  };
  expect(evaluate(demand, { exitCode: 0, output: "b" })).toEqual([
    { expected: "exit code 0" },
    { expected: "b" },
    { expected: "a", found: "the cause" },
  ]);
  expect(evaluate(demand, { exitCode: 0, output: "x" })[1]?.found).toBe('the output "x"');
});
