import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Runtime } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { escapeControls } from "../../../core/safe-output";

/** Where results go besides the terminal: a file's path, or "-" for standard output. */
export interface OutputFiles {
  readonly json: string | undefined;
  readonly junit: string | undefined;
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
      hint: 'Give a file in a folder that is there, or "-" for standard output.',
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
