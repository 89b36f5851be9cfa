import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Makes a folder whole or not at all: `make` fills a folder beside it, which then takes the final name. Of two at once
 * the first to finish wins and the other's work is dropped; what an interrupted run left behind is cleared. Call it when
 * the folder is missing or damaged.
 */
export async function makeOnce(folder: string, make: (partial: string) => Promise<void>): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const prefix = `.${basename(folder)}.partial-`;
  await clearAbandoned(parent, prefix);
  // A folder that has its final name was whole once: someone has since removed a part of it.
  await rm(folder, { recursive: true, force: true });
  const partial = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  try {
    await make(partial);
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) {
        throw error;
      }
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function clearAbandoned(parent: string, prefix: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    const owner = entry.startsWith(prefix) ? Number.parseInt(entry.slice(prefix.length), 10) : Number.NaN;
    if (Number.isInteger(owner) && !isRunning(owner)) {
      await rm(join(parent, entry), { recursive: true, force: true });
    }
  }
}

/** Synchronous: while the process's command line is read, another run could finish the folder that is about to be removed. */
function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
