import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../../../core/errors";

/** Writes files that their owner alone may read, by name, into a folder that is made where there is none. Gives their paths. */
export function writeSecretFiles(directory: string, files: ReadonlyMap<string, string>): string[] {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return [...files].map(([name, text]) => writeSecretFile(join(directory, name), text));
  } catch (error) {
    throw new LabError(`The cards cannot be written to ${directory}: ${(error as Error).message}`, {
      hint: "Give another folder: ./lab cards --output FOLDER",
      cause: error,
    });
  }
}

/** Renamed into place: what is there already might be open to others. */
function writeSecretFile(file: string, text: string): string {
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, text, { mode: 0o600, flag: "wx" });
  renameSync(`${file}.new`, file);
  return file;
}
