import { join } from "node:path";
import envPaths from "env-paths";

/** The user's cache folder for things made once a machine: toolchains, the official CLI, image archives. */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  const root = environment["XDG_CACHE_HOME"];
  return root ? join(root, "lab-nodes") : envPaths("lab-nodes", { suffix: "" }).cache;
}

/** Where the programs built from `airgap/toolchain` are kept. */
export function toolchainDirectory(environment: NodeJS.ProcessEnv): string {
  return join(cacheDirectory(environment), "toolchain");
}
