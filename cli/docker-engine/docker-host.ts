import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runProgram } from "../engine/run-program";

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
  const result = await runProgram("docker", inspect, { environment, timeoutSeconds: 5 });
  const host = result.stdout.trim();
  return result.failure !== undefined || host === "" ? undefined : host;
}
