import { readFileSync, realpathSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** Absolute path of this project, wherever the program that uses its components runs. */
export const PROJECT = resolve(__dirname, "..");

/** Absolute path of a file or folder of the project, e.g. of `cloud-init/files/gate.sh`. */
export function projectFile(path: string): string {
  return join(PROJECT, path);
}

/** Text of a file of the project, e.g. of `cloud-init/files/gate.sh`. Throws where it cannot be read. */
export function readProjectFile(path: string): string {
  return readFileSync(projectFile(path), "utf8");
}

/**
 * Path of a file or folder of the project as an input of a resource: relative to the current folder, where plugins run,
 * too. In this project's own program that is the path as given, on every machine: an absolute one would change resources
 * when a clone is moved.
 */
export function inputPath(path: string): string {
  // Resolved by the system: a link, or other letters on a file system that ignores case, is the same folder.
  return join(relative(realpathSync.native(process.cwd()), realpathSync.native(PROJECT)), path);
}
