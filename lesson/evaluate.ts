import { parsePattern } from "./patterns";
import type { Cause, Check, CheckResult } from "./types";

/** Longest piece of output that is put into a sentence. */
const EXCERPT = 400;

/** A command's result as its checks see it: the output as a terminal shows it. */
export interface ShownResult {
  readonly exitCode?: number;
  readonly output: string;
}

/** What is demanded of a command, with the exit code known. */
export interface PlainDemand {
  readonly exitCode?: { readonly expected: string; readonly code: number };
  readonly checks: readonly Check[];
  readonly causes?: readonly Cause[];
}

/** Compares a result with a demand: one check result for the exit code, if demanded, and one per check. */
export function evaluate(demand: PlainDemand, result: ShownResult): CheckResult[] {
  const exit = demand.exitCode;
  const results = [
    ...(exit === undefined ? [] : [checkResult(exit.expected, exitCodeProblem(exit.code, result))]),
    ...demand.checks.map((check) => checkResult(check.expected, outputProblem(check, result.output))),
  ];
  const cause = results.some(isFailure) ? causeIn(demand.causes ?? [], result.output) : undefined;
  return cause === undefined ? results : results.map((one) => (isFailure(one) ? { ...one, found: cause.found } : one));
}

function checkResult(expected: string, found: string | undefined): CheckResult {
  return found === undefined ? { expected } : { expected, found };
}

function isFailure({ found }: CheckResult): boolean {
  return found !== undefined;
}

function causeIn(causes: readonly Cause[], output: string): Cause | undefined {
  return causes.find(({ matches }) => parsePattern(matches).test(output));
}

function exitCodeProblem(code: number, { exitCode, output }: ShownResult): string | undefined {
  return exitCode === code ? undefined : `exit code ${exitCode ?? "unknown"} and ${describeOutput(output)}`;
}

/** The problem with an output, or undefined. */
function outputProblem(check: Check, output: string): string | undefined {
  const missing = check.contains?.find((text) => !output.includes(text));
  if (missing !== undefined) {
    return `${describeOutput(output)}, without ${JSON.stringify(missing)}`;
  }
  if (check.matches?.some((pattern) => !parsePattern(pattern).test(output)) === true) {
    return describeOutput(output);
  }
  const unwanted = check.lacks
    ?.map((pattern) => parsePattern(pattern).indexIn(output))
    .find((index) => index !== undefined);
  return unwanted === undefined ? undefined : `the line "${excerpt(lineOf(output, unwanted))}"`;
}

/** A line may be as long as the output. */
function excerpt(line: string): string {
  return line.length <= EXCERPT ? line : `${line.slice(0, EXCERPT)}...`;
}

function lineOf(output: string, index: number): string {
  const end = output.indexOf("\n", index);
  return output.slice(output.lastIndexOf("\n", index - 1) + 1, end < 0 ? undefined : end).trim();
}

/** Describes an output in a sentence, by its end if it is long. */
export function describeOutput(output: string): string {
  const text = output.trim();
  if (text === "") {
    return "no output";
  }
  return text.length <= EXCERPT
    ? `the output "${text}"`
    : `an output that ends with "${text.slice(-EXCERPT).trimStart()}"`;
}
