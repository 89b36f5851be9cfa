import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { listContext } from "./context";

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
