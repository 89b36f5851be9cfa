import { basename, relative } from "node:path";
import type { CommandContext } from "../../../core/command-context";
import { keepVerdict } from "./evidence-folder";
import { type LastVerdict, lastVerdictsOf, verdictsDirectory } from "./last-verdicts";
import type { Verdict } from "./verdict";

/** Keeps a verdict with its evidence, and remembers it as the last one of its seats. Gives the folder as it is typed in the clone. */
export function keep(context: CommandContext, verdict: Verdict): string {
  const { runtime, options } = context;
  const folder = keepVerdict(verdictsDirectory(runtime.labDirectory, options.stack), verdict);
  // A lesson of the instructor's own says nothing of the class's, which `up` and `status` ask for.
  if (verdict.lesson === undefined) {
    lastVerdictsOf(context).remember(briefly(verdict, basename(folder)));
  }
  return relative(runtime.programDirectory, folder);
}

/** What is remembered of each seat. One that was stopped before it came to a verdict keeps its old one. */
function briefly(verdict: Verdict, folder: string): ReadonlyMap<string, LastVerdict> {
  return new Map(
    verdict.seats.flatMap(({ seat, machine, outcome, startedAt: at, seconds, steps }) => {
      const failedSteps = steps.filter((step) => step.outcome === "failed").map(({ id }) => id);
      const { kind } = verdict;
      return outcome === "interrupted" ? [] : [[seat, { machine, kind, outcome, at, seconds, failedSteps, folder }]];
    }),
  );
}
