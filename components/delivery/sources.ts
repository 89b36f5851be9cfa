import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Base images by the lesson's tag: an image by digest, or one that lab has built. */
export type Sources = ReadonlyMap<string, string>;

/**
 * Replaces the base image of a lesson's Dockerfile by its source. On the operator's Engine the lesson's tags may be the
 * operator's own images.
 */
export function withSources(dockerfile: string, sources: Sources): string {
  return dockerfile.replace(/^(FROM\s+)(\S+)/gim, (line, from: string, name: string) => {
    const source = sources.get(name.includes(":") ? name : `${name}:latest`);
    return source === undefined ? line : `${from}${source}`;
  });
}

/** Saves a Dockerfile in a folder named by its hash, and returns its path relative to the program. */
export function saveDockerfile(text: string, directory = join(".lab", "dockerfiles")): string {
  const path = join(directory, createHash("sha256").update(text).digest("hex").slice(0, 12), "Dockerfile");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
