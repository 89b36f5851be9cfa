import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import ignore from "@balena/dockerignore";

/** A member of a build context. */
export interface ContextEntry {
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
  const text = readIfThere(join(context, ignoreFileName(dockerfile)));
  const matcher = ignore({ ignorecase: false }).add(text);
  return {
    excludes: (path) => matcher.ignores(path),
    canReadmit: /^\s*!/m.test(text),
  };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return "";
    }
    throw error;
  }
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
