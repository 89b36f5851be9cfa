import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import tar from "tar-fs";
import { z } from "zod";

export interface SaveOptions {
  /** Name of the image on the Engine. */
  readonly from: string;
  /** Name it shall have where the archive is loaded, e.g. "debian:bookworm". */
  readonly as: string;
  /** Path of the tar to write. */
  readonly archive: string;
}

/**
 * `docker save` under another name. Tagging it on the Engine for the while would do the same, but would take a name
 * away from the user's own image.
 */
export async function saveArchive(docker: Docker, options: SaveOptions): Promise<void> {
  const folder = await mkdtemp(join(dirname(options.archive), ".save-"));
  try {
    await pipeline(await docker.getImage(options.from).get(), tar.extract(folder));
    await editFile(join(folder, "manifest.json"), (text) => renameInManifest(text, options.as));
    await editFile(join(folder, "index.json"), (text) => renameInIndex(text, options.as));
    // An older list of the same names; `docker load` reads manifest.json.
    await rm(join(folder, "repositories"), { force: true });
    await pipeline(tar.pack(folder), createWriteStream(options.archive));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const MANIFEST = z.array(z.looseObject({ RepoTags: z.array(z.string()).nullable() })).length(1);

/** manifest.json of an archive of one image, with that image called `name`. */
export function renameInManifest(text: string, name: string): string {
  return JSON.stringify(MANIFEST.parse(JSON.parse(text)).map((image) => ({ ...image, RepoTags: [name] })));
}

const INDEX = z.looseObject({
  manifests: z.array(z.looseObject({ annotations: z.record(z.string(), z.string()).optional() })),
});

/** index.json (which newer Engines write beside it) with the image called `name`, in full as containerd wants it. */
export function renameInIndex(text: string, name: string): string {
  const index = INDEX.parse(JSON.parse(text));
  const [repository = name, tag = "latest"] = name.split(":");
  const fullName = `docker.io/${repository.includes("/") ? "" : "library/"}${repository}:${tag}`;
  const manifests = index.manifests.map((manifest) => ({
    ...manifest,
    annotations: {
      ...manifest.annotations,
      "io.containerd.image.name": fullName,
      "org.opencontainers.image.ref.name": tag,
    },
  }));
  return JSON.stringify({ ...index, manifests });
}

async function editFile(file: string, edit: (text: string) => string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  if (text !== undefined) {
    await writeFile(file, edit(text));
  }
}
