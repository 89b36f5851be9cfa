import { lstatSync } from "node:fs";
import { execa } from "execa";
import { filesUnder } from "./lab-facts";

const INTERVAL_MILLISECONDS = 20;

/** What was to be seen on this machine while something was at work. */
export interface Watched<T> {
  readonly result: T;
  /** Arguments of every process. */
  readonly processArguments: ReadonlySet<string>;
  /** Mode of every file in the watched folder, e.g. `600`, the last one seen; files that are gone meanwhile too. */
  readonly fileModes: ReadonlyMap<string, string>;
}

/** Does `work`, and looks at all processes and the files of one folder meanwhile, again and again. */
export async function watch<T>(folder: string, work: () => Promise<T>): Promise<Watched<T>> {
  const processArguments = new Set<string>();
  const fileModes = new Map<string, string>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { stdout } = await execa("ps", ["-eww", "-o", "args="]);
      stdout.split("\n").forEach((line) => void processArguments.add(line.trim()));
      for (const file of filesUnder(folder)) {
        const mode = modeOf(file);
        if (mode !== undefined) {
          fileModes.set(file, mode);
        }
      }
      await new Promise((resume) => setTimeout(resume, INTERVAL_MILLISECONDS));
    }
  })();
  try {
    return { result: await work(), processArguments, fileModes };
  } finally {
    isOver = true;
    await watching;
  }
}

/** Permissions of a file or folder, e.g. `600`; undefined when there is none. */
export function modeOf(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : (stats.mode & 0o777).toString(8);
}
