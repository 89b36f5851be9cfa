import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

/** Where a Docker Engine listens when nobody says otherwise. */
export const DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock";

/**
 * Address of the Docker Engine that the docker client would talk to: DOCKER_HOST, else the chosen context's, else the
 * default socket. Starts a program only when another context than the default one is chosen.
 */
export async function dockerHost(environment: NodeJS.ProcessEnv): Promise<string> {
  const named = environment["DOCKER_HOST"];
  if (named) {
    return named;
  }
  const context = environment["DOCKER_CONTEXT"] || (await currentContext(environment));
  if (context === undefined || context === "default") {
    return DEFAULT_DOCKER_HOST;
  }
  return (await endpointOf(context, environment)) ?? DEFAULT_DOCKER_HOST;
}

/** Path of the socket of a unix:// host. */
export function socketPath(host: string): string | undefined {
  return host.startsWith("unix://") ? host.slice("unix://".length) : undefined;
}

const CLIENT_CONFIG = z.object({ currentContext: z.string().optional() });

async function currentContext(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = environment["DOCKER_CONFIG"] || join(environment["HOME"] ?? homedir(), ".docker");
  try {
    return CLIENT_CONFIG.parse(JSON.parse(await readFile(join(folder, "config.json"), "utf8"))).currentContext;
  } catch {
    // No file, or one that the docker client itself would complain about.
    return undefined;
  }
}

async function endpointOf(context: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const format = "{{ .Endpoints.docker.Host }}";
  const inspect = ["context", "inspect", "--format", format, "--", context];
  try {
    const { stdout } = await promisify(execFile)("docker", inspect, { env: environment, timeout: 5000 });
    return stdout.trim() || undefined;
  } catch {
    // No docker client, or a context that it does not know.
    return undefined;
  }
}
