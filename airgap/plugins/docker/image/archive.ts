import { readFileSync, readlinkSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { type ContextEntry, listContext } from "./context";

/** A build context on its way to the Engine. */
export interface ContextArchive {
  readonly archive: Readable;
  /** Where the builder finds the Dockerfile inside the archive. */
  readonly dockerfile: string;
}

/** Dockerfile's path seen from the context, with forward slashes; it starts with `../` when it lies outside. */
export function relativeDockerfile(context: string, dockerfile: string): string {
  return relative(context, dockerfile).split(sep).join("/");
}

/** Packs the context. A Dockerfile from outside, or one that .dockerignore hides, is added all the same. */
export function archiveContext(context: string, dockerfile: string): ContextArchive {
  const entries = listContext(context, dockerfile);
  const inside = relativeDockerfile(context, dockerfile);
  const name = inside.startsWith("../") ? ".lab-nodes.Dockerfile" : inside;
  const archive = pack();
  for (const entry of entries) {
    addEntry(archive, context, entry);
  }
  if (!entries.some(({ path }) => path === name)) {
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, readFileSync(dockerfile));
  }
  archive.finalize();
  return { archive: Readable.from(archive), dockerfile: name };
}

/** True when .dockerignore hides the Dockerfile: worth a warning, as `COPY .` then takes it along. */
export function hidesDockerfile(context: string, dockerfile: string): boolean {
  const inside = relativeDockerfile(context, dockerfile);
  const listed = new Set(listContext(context, dockerfile).map(({ path }) => path));
  return !inside.startsWith("../") && !listed.has(inside);
}

function addEntry(
  archive: ReturnType<typeof pack>,
  context: string,
  { path, kind, mode, modified }: ContextEntry,
): void {
  const file = join(context, path);
  // In an image, files from the context belong to root, whoever checked them out.
  const header = { name: path, mode, uid: 0, gid: 0, mtime: modified };
  switch (kind) {
    case "directory":
      archive.entry({ ...header, type: "directory" });
      return;
    case "symlink":
      archive.entry({ ...header, type: "symlink", linkname: readlinkSync(file) });
      return;
    case "file":
      archive.entry(header, readFileSync(file));
  }
}
