import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DOCKER_PACKAGES, NODE_TOOLS } from "../../core/node-packages";

/** What all names of images of ours begin with but those of bakes. */
export const OWN_REPOSITORIES = "lab-nodes/";

/** Build context of the local machines' image, relative to the program. */
export const NODE_IMAGE_CONTEXT = "images/node";

/** Where images/node/start-init finds the machine's user data: at most 128 KiB, as Linux takes of one variable. */
export const USER_DATA_VARIABLE = "LAB_USER_DATA";

/**
 * Name of the node image: its tag is a hash of all that it is made from. So a node is replaced exactly when its image
 * is a new one, previews know the name, and stacks with the same settings share one image.
 */
export function nodeImageName(baseImage: string, context: string = NODE_IMAGE_CONTEXT): string {
  return contextImageName("node", JSON.stringify(nodeImageArguments(baseImage)), context);
}

/** Build arguments of the node image. */
export function nodeImageArguments(baseImage: string): Readonly<Record<"BASE" | "SUPPORTED" | "TOOLS", string>> {
  return { BASE: baseImage, SUPPORTED: Object.keys(DOCKER_PACKAGES).join(", "), TOOLS: NODE_TOOLS.join(" ") };
}

/** The same for another image of ours. `builtWith`: its base image, or all of its build arguments. */
export function contextImageName(what: string, builtWith: string, context: string): string {
  const hash = createHash("sha256").update(`${builtWith}\n`);
  for (const file of readdirSync(context).sort()) {
    const path = join(context, file);
    const isExecutable = (statSync(path).mode & 0o100) !== 0;
    hash.update(`${file} ${isExecutable ? "x" : "-"}\n`).update(readFileSync(path));
  }
  return `${OWN_REPOSITORIES}${what}:${hash.digest("hex").slice(0, 12)}`;
}
