import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { findSeat, type KnownSeat } from "../../../core/class-state/known-seats";
import type { Runtime } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { escapeControls } from "../../../core/safe-output";
import { noSuchSeat, requireSeats } from "../class-seats";
import type { StepTitle } from "./verdict";

/** Where results go besides the terminal: a file's path, or "-" for standard output. */
export interface OutputFiles {
  readonly json: string | undefined;
  readonly junit: string | undefined;
}

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

/** The seats that were named, in the class's order; all of them, spares too, when none was. Throws, exit code 2, for one there is not. */
export function chooseSeats(
  seats: readonly KnownSeat[],
  names: readonly string[],
  stack: string,
): readonly KnownSeat[] {
  requireSeats(seats, stack);
  const unknown = names.filter((name) => findSeat(seats, name) === undefined);
  if (unknown.length > 0) {
    throw noSuchSeat(unknown, seats);
  }
  const chosen = new Set(names.map((name) => findSeat(seats, name)));
  return seats.filter((seat) => (names.length === 0 ? seat.role !== "left" : chosen.has(seat)));
}

/** The ids that were named, each once; undefined, which means every step, when none was. Throws, exit code 2, for one there is not. */
export function chooseSteps(steps: readonly StepTitle[], ids: readonly string[]): readonly string[] | undefined {
  const unknown = ids.filter((id) => steps.every((step) => step.id !== id));
  if (unknown.length > 0) {
    const titles = steps.map(({ id, title }) => `  ${id}  ${title}`).join("\n");
    throw new LabError(`There is no step ${unknown.map((id) => `"${id}"`).join(", ")}.`, {
      exitCode: 2,
      hint: `The lesson has:\n${titles}`,
    });
  }
  return ids.length === 0 ? undefined : steps.map(({ id }) => id).filter((id) => ids.includes(id));
}

/** Standard output, by name. */
export const STANDARD_OUTPUT = "-";

/** Throws, exit code 2, for what could not be written in the end: a verdict takes a minute. */
export function checkOutputs({ json, junit }: OutputFiles): void {
  if (json === STANDARD_OUTPUT && junit === STANDARD_OUTPUT) {
    throw new LabError("JSON and JUnit cannot both go to standard output.", {
      exitCode: 2,
      hint: "Give one of them a file: --json FILE or --junit FILE.",
    });
  }
  for (const [option, file] of Object.entries({ json, junit })) {
    if (file !== undefined && file !== STANDARD_OUTPUT) {
      checkFile(option, resolve(file));
    }
  }
}

function checkFile(option: string, file: string): void {
  const refuse = (reason: string) =>
    new LabError(`--${option}: ${file} cannot be written: ${reason}`, {
      exitCode: 2,
      hint: 'Give a file in a folder that exists, or "-" for standard output.',
    });
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw refuse("it is a folder");
  }
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw refuse((error as Error).message);
  }
}

/** Writes a result to its file, or to standard output. */
export function writeOutput({ stdout }: Runtime, file: string, text: string): void {
  if (file === STANDARD_OUTPUT) {
    stdout.write(text);
  } else {
    writeFileSync(file, escapeControls(text));
  }
}
