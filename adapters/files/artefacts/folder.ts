import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, link, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeOnce } from "../../pulumi/engine/toolchain/make-once";
import { cacheDirectory } from "../cache-directory";
import { type Artefact, artefactsIn, writeRecord } from "./artefact";

/** Whether a folder of artefacts is one that we made, and may make again. */
export function isOwnFolder(directory: string | undefined, environment: NodeJS.ProcessEnv): boolean {
  return directory !== undefined && dirname(directory) === ownFolders(environment);
}

/** A folder with exactly these artefacts, for nodes to mount; the same artefacts give the same folder. */
export async function ensureFolder(artefacts: readonly Artefact[], environment: NodeJS.ProcessEnv): Promise<string> {
  const wanted = contents(artefacts);
  const key = createHash("sha256").update(wanted).digest("hex").slice(0, 16);
  const folder = join(ownFolders(environment), key);
  const present = await artefactsIn(folder);
  if (present === undefined || contents(present) !== wanted) {
    await restoreFolder(folder, artefacts);
  }
  return folder;
}

function contents(artefacts: readonly Artefact[]): string {
  return artefacts
    .map(({ name, identity }) => `${name} ${identity}`)
    .sort()
    .join("\n");
}

/** Puts the artefacts into a folder that vanished or lost some of them. One that is there stays the same: nodes have it mounted. */
export async function restoreFolder(folder: string, artefacts: readonly Artefact[]): Promise<void> {
  if (existsSync(folder)) {
    await fill(folder, artefacts);
  } else {
    await makeOnce(folder, (partial) => fill(partial, artefacts));
  }
}

async function fill(folder: string, artefacts: readonly Artefact[]): Promise<void> {
  for (const { name, path } of artefacts) {
    const partial = join(folder, `.${name}.partial`);
    await rm(partial, { force: true });
    await linkOrCopy(path, partial);
    // Whatever this machine's umask is: in a node of an Engine with user namespaces, root is someone else.
    await chmod(partial, 0o644);
    await rename(partial, join(folder, name));
    // Renaming a file over a link to itself does nothing, by the standard.
    await rm(partial, { force: true });
  }
  await chmod(folder, 0o755);
  await writeRecord(folder, artefacts);
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    // Not every file system has hard links.
    await copyFile(from, to);
  }
}

function ownFolders(environment: NodeJS.ProcessEnv): string {
  return join(cacheDirectory(environment), "artefacts");
}
