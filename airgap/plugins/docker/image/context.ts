import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import ignore from "@balena/dockerignore";
import { pack } from "tar-stream";

/** A member of a build context. */
interface ContextEntry {
  /** Relative to the context, with forward slashes. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  /** Permission bits. */
  readonly mode: number;
  readonly modified: Date;
}

/** Members of the context that .dockerignore lets through, in the order of their paths. */
export function listContext(context: string, dockerfile: string): ContextEntry[] {
  return walk(context, "", readIgnoreRules(context, dockerfile));
}

/** The file with the rules: `.dockerignore`, or `Mockerfile.dockerignore` for a Dockerfile of another name. */
function ignoreFileName(dockerfile: string): string {
  const name = basename(dockerfile);
  return name === "Dockerfile" ? ".dockerignore" : `${name}.dockerignore`;
}

interface IgnoreRules {
  excludes(path: string): boolean;
  /** With a `!` rule somewhere, an excluded folder may still hold something wanted. */
  readonly canReadmit: boolean;
}

function readIgnoreRules(context: string, dockerfile: string): IgnoreRules {
  const file = join(context, ignoreFileName(dockerfile));
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const matcher = ignore({ ignorecase: false }).add(text);
  return {
    excludes: (path) => matcher.ignores(path),
    canReadmit: /^\s*!/m.test(text),
  };
}

function walk(context: string, folder: string, rules: IgnoreRules): ContextEntry[] {
  const names = readdirSync(join(context, folder)).sort();
  return names.flatMap((name) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    const status = lstatSync(join(context, path));
    const kind = status.isSymbolicLink() ? "symlink" : status.isDirectory() ? "directory" : "file";
    // Sockets and devices cannot travel in a build context; docker build leaves them out as well.
    const travels = kind !== "file" || status.isFile();
    const excluded = !travels || rules.excludes(path);
    const entry: ContextEntry[] = excluded ? [] : [{ path, kind, mode: status.mode & 0o7777, modified: status.mtime }];
    const inside = kind === "directory" && (!excluded || rules.canReadmit) ? walk(context, path, rules) : [];
    return [...entry, ...inside];
  });
}

/**
 * Fingerprint of everything a build reads: names, permissions and contents of the context's files, and the Dockerfile.
 * Times and owners do not count. A changed fingerprint is a changed input, hence a new build.
 */
export function contextDigest(context: string, dockerfile: string): string {
  const digest = createHash("sha256");
  const add = (name: string, mode: number, content: Buffer | string) => {
    digest.update(`${name}\0${mode.toString(8)}\0${createHash("sha256").update(content).digest("hex")}\0`);
  };
  // Under one name, wherever it lies: the builder does not see how the Dockerfile is called.
  add("Dockerfile", 0, readFileSync(dockerfile));
  for (const { path, kind, mode } of listContext(context, dockerfile)) {
    const file = join(context, path);
    if (kind === "symlink") {
      add(path, 0, `symlink ${readlinkSync(file)}`);
    } else if (kind === "file") {
      add(path, mode, readFileSync(file));
    }
  }
  return digest.digest("hex");
}

/** A build context on its way to the Engine. */
interface ContextArchive {
  readonly archive: Readable;
  /** Where the builder finds the Dockerfile inside the archive. */
  readonly dockerfile: string;
  /** Whether .dockerignore hides the Dockerfile: worth a warning, as `COPY .` then takes it along. */
  readonly isDockerfileHidden: boolean;
}

/** Dockerfile's path seen from the context, with forward slashes; it starts with `../` when it lies outside. */
export function relativeDockerfile(context: string, dockerfile: string): string {
  return relative(context, dockerfile).split(sep).join("/");
}

/** Packs the context. A Dockerfile from outside, or one that .dockerignore hides, is added all the same. */
export function archiveContext(context: string, dockerfile: string): ContextArchive {
  const entries = listContext(context, dockerfile);
  const inside = relativeDockerfile(context, dockerfile);
  const isOutside = inside.startsWith("../");
  const name = isOutside ? ".lab-nodes.Dockerfile" : inside;
  const isListed = entries.some(({ path }) => path === name);
  const archive = pack();
  for (const entry of entries) {
    addEntry(archive, context, entry);
  }
  if (!isListed) {
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, readFileSync(dockerfile));
  }
  archive.finalize();
  return { archive: Readable.from(archive), dockerfile: name, isDockerfileHidden: !isOutside && !isListed };
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
