import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { makeOnce } from "../../pulumi/engine/toolchain/make-once";
import { cacheDirectory } from "../own-machine";

/** A file for nodes, kept in the cache. */
export interface Artefact {
  /** Its name in the folder that nodes see. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Changes exactly when its content does: an image's id, an archive's SHA-256 sum. */
  readonly identity: string;
}

/** Describes the artefacts beside it, so that a later run need not read them. */
const RECORD_FILE = "artefacts.json";

/** Name of a file -> what it is. */
const RECORD = z.record(z.string(), z.strictObject({ bytes: z.number(), identity: z.string() }));

/** Records the contents of a folder. It is written last. */
async function writeRecord(folder: string, artefacts: readonly Artefact[]): Promise<void> {
  const record = artefacts.map(({ name, bytes, identity }) => [name, { bytes, identity }] as const);
  await writeFile(join(folder, RECORD_FILE), JSON.stringify(Object.fromEntries(record)));
}

/** The artefacts of a complete folder: it has a record, and each file has the recorded size. */
export async function artefactsIn(folder: string): Promise<readonly Artefact[] | undefined> {
  try {
    const record = RECORD.parse(JSON.parse(await readFile(join(folder, RECORD_FILE), "utf8")));
    const artefacts = Object.entries(record).map(([name, file]) => ({ name, path: join(folder, name), ...file }));
    const sizes = await Promise.all(artefacts.map(async ({ path }) => (await stat(path)).size));
    return artefacts.every(({ bytes }, index) => bytes === sizes[index]) ? artefacts : undefined;
  } catch {
    // Missing, damaged or cut off: the caller creates it again.
    return undefined;
  }
}

/** Creates a folder of one artefact, completely or not at all. `make` writes the file and gives its identity. */
export async function makeArtefact(
  folder: string,
  name: string,
  make: (file: string) => Promise<string>,
): Promise<Artefact> {
  await makeOnce(folder, async (partial) => {
    const path = join(partial, name);
    const identity = await make(path);
    await writeRecord(partial, [{ name, path, identity, bytes: (await stat(path)).size }]);
  });
  const [made] = (await artefactsIn(folder)) ?? [];
  if (made === undefined) {
    throw new Error(`${join(folder, name)} was removed while it was created`);
  }
  return made;
}

/** Whether `lab` created a folder of artefacts, and may create it again. */
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

/** Restores a folder that was removed, or lost some artefacts. An existing one stays the same folder: nodes have it mounted. */
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
    // Independent of this machine's umask: with user namespaces, root of a node is another user here.
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
