import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { makeOnce } from "../../pulumi/engine/toolchain/make-once";

/** A file for nodes, kept in the cache. */
export interface Artefact {
  /** Its name in the folder that nodes see. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Changes exactly when its content does: an image's id, an archive's SHA-256 sum. */
  readonly identity: string;
}

/** Stands beside artefacts, so that a later run need not read them. */
const RECORD_FILE = "artefacts.json";

/** Name of a file -> what it is. */
const RECORD = z.record(z.string(), z.strictObject({ bytes: z.number(), identity: z.string() }));

/** Notes what is in a folder. It is the last thing to be written there. */
export async function writeRecord(folder: string, artefacts: readonly Artefact[]): Promise<void> {
  const record = artefacts.map(({ name, bytes, identity }) => [name, { bytes, identity }] as const);
  await writeFile(join(folder, RECORD_FILE), JSON.stringify(Object.fromEntries(record)));
}

/** What is in a folder, when that is whole: there is a record, and each file has the size it should. */
export async function artefactsIn(folder: string): Promise<readonly Artefact[] | undefined> {
  try {
    const record = RECORD.parse(JSON.parse(await readFile(join(folder, RECORD_FILE), "utf8")));
    const artefacts = Object.entries(record).map(([name, file]) => ({ name, path: join(folder, name), ...file }));
    const sizes = await Promise.all(artefacts.map(async ({ path }) => (await stat(path)).size));
    return artefacts.every(({ bytes }, index) => bytes === sizes[index]) ? artefacts : undefined;
  } catch {
    // Missing, damaged or cut off: it is made again.
    return undefined;
  }
}

/** Makes a folder of one artefact, whole or not at all. `make` writes the file and gives its identity. */
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
    throw new Error(`${join(folder, name)} was removed as soon as it was made`);
  }
  return made;
}
