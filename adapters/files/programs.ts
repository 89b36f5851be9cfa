import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, relative } from "node:path";

/** Every executable of that name on PATH, in PATH's order. */
export async function findAllOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const candidates = [...new Set(folders)].map((folder) => join(folder, name));
  const executable = await Promise.all(candidates.map(isExecutable));
  return candidates.filter((_, index) => executable[index]);
}

/** The first executable of that name on PATH. */
export async function findOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  return (await findAllOnPath(name, environment))[0];
}

/** Whether `file` is a file that may be run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Whether `file`, with links followed, lies somewhere under `folder`. */
export async function liesUnder(file: string, folder: string): Promise<boolean> {
  const [realFile, realFolder] = await Promise.all([resolved(file), resolved(folder)]);
  const path = relative(realFolder, realFile);
  return path !== "" && !path.startsWith("..") && !isAbsolute(path);
}

/** PATH with `folders` in front, each once; `without` says which of the old entries go. */
export function pathWith(
  folders: readonly string[],
  oldPath: string,
  without: (folder: string) => boolean = () => false,
): string {
  const kept = oldPath.split(delimiter).filter((folder) => folder !== "" && !without(folder));
  return [...new Set([...folders, ...kept])].join(delimiter);
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}
