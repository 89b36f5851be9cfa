import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { readState } from "../../../adapters/pulumi/state";
import { knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { colorsFor } from "../../ui/stream";
import { withMachines } from "../class-seats";
import { wantedConfig } from "../configure/wanted-config";
import { openLesson } from "../lesson/index";
import { lessonFor, lessonPerformance } from "./perform";
import {
  checkOutputs,
  chooseSeats,
  chooseSteps,
  type OutputFiles,
  STANDARD_OUTPUT,
  type VerifyRequest,
  writeOutput,
} from "./request";
import { renderSummary } from "./summary";
import type { Verdict } from "./verdict";
import { type VerifyResult, verifySeats } from "./verify-seats";

/** When it was stopped, "failed" would be said of nodes of which nothing is known. */
const EXIT_CODES = { passed: 0, failed: 1, interrupted: 130 } as const;

/** Performs the lesson on every seat and shows the evidence; gives the exit code. */
export async function verify(context: CommandContext, request: VerifyRequest): Promise<number> {
  checkOutputs(request);
  const own = request.lesson === undefined ? undefined : openLesson(request.lesson);
  const { stack, config } = await openExistingStack(context);
  const settings = wantedConfig(config, new Map());
  const lesson = lessonFor(settings, own);
  const only = chooseSteps(lesson.steps, request.steps);
  const resources = await readState(stack);
  const known = knownSeats(resources, settings.moved);
  const seats = withMachines(chooseSeats(known, request.seats, context.options.stack), resources);
  const result = await verifySeats(context, {
    kind: only === undefined ? "lesson" : "steps",
    title: own?.title ?? "lesson",
    lesson: own?.title,
    seats,
    performance: lessonPerformance(context, lesson, only),
    parallel: request.parallel,
  });
  writeResults(context, request, result);
  return EXIT_CODES[result.verdict.outcome];
}

function writeResults(
  { runtime }: CommandContext,
  { json, junit }: OutputFiles,
  { verdict, evidence }: VerifyResult,
): void {
  if (json !== undefined) {
    writeOutput(runtime, json, `${JSON.stringify(verdict, null, 2)}\n`);
  }
  if (junit !== undefined) {
    const { renderJunit }: typeof import("./junit") = require("./junit");
    writeOutput(runtime, junit, renderJunit(verdict));
  }
  if (json !== STANDARD_OUTPUT) {
    const stream = junit === STANDARD_OUTPUT ? runtime.stderr : runtime.stdout;
    stream.write(`\n${renderSummary(verdict, evidence, colorsFor(stream))}${adviceAfter(verdict)}`);
  }
}

/** What to run about seats that failed. */
function adviceAfter({ stack, seats }: Verdict): string {
  const failed = seats.filter(({ outcome }) => outcome === "failed").map(({ seat }) => seat);
  if (failed.length === 0) {
    return "";
  }
  const flag = stackFlag(stack);
  return [
    `Run ./lab up${flag}: it repairs what it can, and keeps what students made.`,
    `To recreate the machines, including their disks: ./lab up${flag}${failed.map((seat) => ` --replace ${seat}`).join("")}\n`,
  ].join("\n");
}
