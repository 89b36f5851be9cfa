import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { userInfo } from "node:os";
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

/** Name of the user who runs this process. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return process.env["USER"] ?? "unknown";
  }
}

/** A TCP port of this machine's loopback that was free a moment ago. Nothing keeps it: use it soon. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
