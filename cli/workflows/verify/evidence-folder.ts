import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { CommandContext } from "../../../core/command-context";
import { escapeControls } from "../../../core/safe-output";
import { type LastVerdict, lastVerdictsOf, verdictsDirectory } from "./last-verdicts";
import { renderSeatEvidence } from "./summary";
import type { Verdict } from "./verdict";

/** How many verdicts of a stack are kept. */
export const KEPT_VERDICTS = 20;

/** Name of a verdict's folder: the time at which it began, and a number where several began in one second. */
const FOLDER = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(?:-\d+)?$/;

/** Writes a verdict to a folder of its own, for programs and for people, points `latest` to it and drops the oldest. Gives the folder. */
export function writeVerdict(directory: string, verdict: Verdict): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const name = makeFolder(directory, verdict.startedAt);
  const folder = join(directory, name);
  for (const seat of verdict.seats) {
    writeSafely(join(folder, `${seat.seat}.txt`), renderSeatEvidence(verdict, seat));
  }
  writeSafely(join(folder, "verdict.json"), `${JSON.stringify(verdict, null, 2)}\n`);
  pointLatestTo(directory, name);
  prune(directory);
  return folder;
}

/** For the owner alone, and harmless to a terminal that shows the file. */
function writeSafely(file: string, text: string): void {
  writeFileSync(file, escapeControls(text), { mode: 0o600 });
}

function makeFolder(directory: string, startedAt: string): string {
  const time = startedAt.replace(/\.\d+Z$/, "Z").replaceAll(":", "-");
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? time : `${time}-${number}`;
    try {
      mkdirSync(join(directory, name));
      // Said again: the first one is subject to the umask, which may take the owner's rights as well.
      chmodSync(join(directory, name), 0o700);
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
  }
}

/** Renamed into place: whoever reads at that moment finds the old one or the new one. */
function pointLatestTo(directory: string, name: string): void {
  const link = join(directory, `.latest-${process.pid}`);
  rmSync(link, { force: true });
  symlinkSync(name, link);
  renameSync(link, join(directory, "latest"));
}

function prune(directory: string): void {
  const folders = readdirSync(directory).filter((name) => FOLDER.test(name));
  const oldestFirst = folders.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const name of oldestFirst.slice(0, -KEPT_VERDICTS)) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

/** Saves a verdict with its evidence, also as the last one of its seats. Gives the folder as it is typed in the clone. */
export function saveVerdict(context: CommandContext, verdict: Verdict): string {
  const { runtime, options } = context;
  const folder = writeVerdict(verdictsDirectory(runtime.labDirectory, options.stack), verdict);
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
