import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a `FROM` line's name stands for: tag, as the lesson has it -> image by digest, or one of the lab's own. */
export type Sources = ReadonlyMap<string, string>;

/**
 * A Dockerfile of the lesson, with its base image named by source. On a node the lesson's tags mean our images; on the
 * operator's Engine they are the operator's own, and stay so.
 */
export function withSources(dockerfile: string, sources: Sources): string {
  return dockerfile.replace(/^(FROM\s+)(\S+)/gim, (line, from: string, name: string) => {
    const source = sources.get(name.includes(":") ? name : `${name}:latest`);
    return source === undefined ? line : `${from}${source}`;
  });
}

/** Keeps a Dockerfile in a folder of its own, named by its text, and gives its path relative to the program. */
export function keepDockerfile(text: string, directory = join(".lab", "dockerfiles")): string {
  const path = join(directory, createHash("sha256").update(text).digest("hex").slice(0, 12), "Dockerfile");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
