import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Makes a folder whole or not at all: `make` fills a folder beside it, which then takes the final name. Of two at once
 * the first to finish wins and the other's work is dropped; what an interrupted run left behind is cleared. Call it when
 * the folder is missing or damaged.
 */
export async function makeOnce(folder: string, make: (partial: string) => Promise<void>): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  await clearAbandoned(parent, basename(folder));
  // A folder that has its final name was whole once: someone has since removed a part of it.
  await rm(folder, { recursive: true, force: true });
  const partial = await mkdtemp(join(parent, `${partialPrefix(basename(folder))}${process.pid}-`));
  try {
    await make(partial);
    await takeName(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function takeName(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder);
  } catch (error) {
    if (!(await isFolder(folder))) {
      throw error;
    }
  }
}

function partialPrefix(name: string): string {
  return `.${name}.partial-`;
}

async function clearAbandoned(parent: string, name: string): Promise<void> {
  const prefix = partialPrefix(name);
  for (const entry of await readdir(parent)) {
    const owner = entry.startsWith(prefix) ? Number.parseInt(entry.slice(prefix.length), 10) : Number.NaN;
    if (Number.isInteger(owner) && !isRunning(owner)) {
      await rm(join(parent, entry), { recursive: true, force: true });
    }
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
