import { readFile } from "node:fs/promises";
import type { Agent } from "node:http";
import { join } from "node:path";
import Docker from "dockerode";
import { execa } from "execa";
import { z } from "zod";
import { UnusableEngineError } from "../../core/errors";
import { ServerAgent } from "../ssh/server";
import { certificateFolder, configFolder, readCertificates, TlsError } from "./connection/client-config";

/** A client for the Docker Engine at `host`: unix://, tcp:// (with TLS as DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say) or ssh://. */
export function dockerClient(host: string, environment: NodeJS.ProcessEnv = process.env): Docker {
  return new Docker(dockerOptions(host, environment));
}

/** The same, as dockerode's options. */
export function dockerOptions(host: string, environment: NodeJS.ProcessEnv): Docker.DockerOptions {
  const socket = socketPath(host);
  if (socket !== undefined) {
    // Without these, dockerode prefers the address in DOCKER_HOST.
    return { socketPath: socket, host: "", protocol: "http" };
  }
  const url = parseHost(host);
  if (url.protocol === "tcp:") {
    return { host: url.hostname, port: url.port || "2375", ...tlsOptions(environment) };
  }
  // The system's ssh, with the operator's settings for that server: dockerode's own accepts any host key.
  const options: Docker.DockerOptions & { agent: Agent } = {
    protocol: "http",
    host: "docker",
    agent: new ServerAgent(host),
  };
  return options;
}

/** What an Engine answers; undefined if it has no such object. */
export async function ifFound<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode === 404) {
      return undefined;
    }
    throw error;
  }
}

/** Waits for the end of a pull or an import, of which the Engine reports the progress. Rejects with the Engine's error. */
export async function progressEnd(docker: Docker, progress: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error)));
  });
}

function parseHost(host: string): URL {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol !== "tcp:" && url?.protocol !== "ssh:") {
    throw new UnusableEngineError(
      `"${host}" is not the address of a Docker Engine; allowed: unix://PATH, tcp://HOST:PORT, ssh://USER@HOST`,
    );
  }
  return url;
}

function tlsOptions(environment: NodeJS.ProcessEnv): Docker.DockerOptions {
  return checkedTls(() => {
    const folder = certificateFolder(environment);
    return folder === undefined ? { protocol: "http" } : { protocol: "https", ...readCertificates(folder) };
  });
}

/** Arguments of a docker.Provider for the Engine at `host`, over TLS where the environment has the docker client use it. */
export function engineArguments(
  host: string,
  environment: NodeJS.ProcessEnv = process.env,
): { readonly host: string; readonly certPath?: string } {
  const certPath = host.startsWith("tcp://") ? checkedTls(() => certificateFolder(environment)) : undefined;
  return certPath === undefined ? { host } : { host, certPath };
}

function checkedTls<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof TlsError ? new UnusableEngineError(error.message) : error;
  }
}

/** Where a Docker Engine listens by default. */
export const DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock";

/**
 * Address of the Docker Engine that the docker client would talk to: DOCKER_HOST, else the chosen context's, else the
 * default socket. Starts a program only when another context than the default one is chosen. Throws an
 * UnusableEngineError for a context with certificates of its own: its address alone would be used without TLS.
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
  try {
    const file = join(configFolder(environment), "config.json");
    return CLIENT_CONFIG.parse(JSON.parse(await readFile(file, "utf8"))).currentContext;
  } catch {
    // No file, or one that the docker client itself would complain about.
    return undefined;
  }
}

async function endpointOf(context: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  // Its address, the number of its sets of certificates and their folder.
  const format = "{{ .Endpoints.docker.Host }}\n{{ len .TLSMaterial }}\n{{ .Storage.TLSPath }}";
  const inspect = ["context", "inspect", "--format", format, "--", context];
  const options = { env: environment, extendEnv: false, reject: false, timeout: 5000 };
  const { failed, stdout } = await execa("docker", inspect, options);
  // There is no docker client, it does not know the context, or it did not end in time.
  if (failed) {
    return undefined;
  }
  const [host, certificates = "0", storage] = stdout.trim().split("\n");
  if (certificates !== "0" && host?.startsWith("tcp://")) {
    throw new UnusableEngineError(
      `The Docker context "${context}" has certificates for ${host}, but lab reads certificates only from variables. ` +
        `Run: export DOCKER_HOST=${host} DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=${storage}/docker`,
    );
  }
  return host || undefined;
}
