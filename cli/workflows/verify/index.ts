import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/operation";
import { readState } from "../../../adapters/pulumi/state";
import { knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { colorsFor } from "../../ui/stream";
import { wantedConfig } from "../configure/wanted-config";
import { openLesson } from "../lesson/index";
import { chooseSeats, chooseSteps } from "./choose";
import { type Judgement, judge } from "./judge";
import { checkOutputs, type OutputFiles, STANDARD_OUTPUT, writeOutput } from "./outputs";
import { lessonFor, lessonPerformance } from "./perform";
import { judgedSeats } from "./seats";
import { renderSummary } from "./summary";
import type { Verdict } from "./verdict";

/** What to verify, and where to write the verdict. */
export interface VerifyRequest extends OutputFiles {
  /** Folder of a lesson of one's own. @default - the class's lesson */
  readonly lesson: string | undefined;
  /** Names of seats; none means all. */
  readonly seats: readonly string[];
  /** Ids of steps; none means all. */
  readonly steps: readonly string[];
  /** How many seats at a time. @default - by the cores of this machine */
  readonly parallel: number | undefined;
}

/** Exit code when it was stopped: "failed" would be said of nodes of which nothing is known. */
const INTERRUPTED = 130;
const EXIT_CODES = { passed: 0, failed: 1, interrupted: INTERRUPTED } as const;

/** Performs the lesson on every seat and shows the evidence; gives the exit code. */
export async function verify(context: CommandContext, request: VerifyRequest): Promise<number> {
  checkOutputs(request);
  const own = request.lesson === undefined ? undefined : openLesson(request.lesson);
  const { stack, config } = await openExistingStack(context);
  const settings = wantedConfig(config, new Map());
  const lesson = lessonFor(settings, own);
  const only = chooseSteps(lesson.steps, request.steps);
  const resources = await readState(stack);
  const seats = judgedSeats(chooseSeats(knownSeats(resources, settings.moved), request.seats), resources);
  const judgement = await judge(context, {
    kind: only === undefined ? "lesson" : "steps",
    title: own?.title ?? "lesson",
    lesson: own?.title,
    seats,
    performance: lessonPerformance(context, lesson, only),
    parallel: request.parallel,
  });
  writeResults(context, request, judgement);
  return EXIT_CODES[judgement.verdict.outcome];
}

function writeResults(
  { runtime }: CommandContext,
  { json, junit }: OutputFiles,
  { verdict, evidence }: Judgement,
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

/** How to go on with seats that failed. */
function adviceAfter({ stack, seats }: Verdict): string {
  const failed = seats.filter(({ outcome }) => outcome === "failed").map(({ seat }) => seat);
  if (failed.length === 0) {
    return "";
  }
  const flag = stackFlag(stack);
  return [
    `Go on with ./lab up${flag}: it repairs what it can, and keeps what students made.`,
    `To recreate the machines, including their disks: ./lab up${flag}${failed.map((seat) => ` --replace ${seat}`).join("")}\n`,
  ].join("\n");
}
