import { readFileSync } from "node:fs";
import type { Agent } from "node:http";
import { join } from "node:path";
import Docker from "dockerode";
import { socketPath } from "./docker-host";
import { ServerAgent } from "./server-ssh";

/** A Docker Engine, or the address of one, that a lab cannot use; the message says what is allowed. */
export class UnusableEngineError extends Error {}

/** A client for the Docker Engine at `host`: unix://, tcp:// (with TLS as DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say) or ssh://. */
export function dockerClient(host: string, environment: NodeJS.ProcessEnv = process.env): Docker {
  return new Docker(dockerOptions(host, environment));
}

/** The same, as dockerode's options. */
export function dockerOptions(host: string, environment: NodeJS.ProcessEnv): Docker.DockerOptions {
  const socket = socketPath(host);
  if (socket !== undefined) {
    return { socketPath: socket };
  }
  const url = parseHost(host);
  if (url.protocol === "tcp:") {
    return { host: url.hostname, port: url.port || "2375", ...tlsOptions(environment) };
  }
  // The system's ssh, with the operator's settings for that server: dockerode's own would take any host key.
  const options: Docker.DockerOptions & { readonly agent: Agent } = {
    protocol: "http",
    host: "docker",
    agent: new ServerAgent(host),
  };
  return options;
}

function parseHost(host: string): URL {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol !== "tcp:" && url?.protocol !== "ssh:") {
    throw new UnusableEngineError(
      `"${host}" is no address of a Docker Engine; allowed: unix://PATH, tcp://HOST:PORT, ssh://USER@HOST`,
    );
  }
  return url;
}

function tlsOptions(environment: NodeJS.ProcessEnv): Docker.DockerOptions {
  const folder = environment["DOCKER_CERT_PATH"];
  if (!environment["DOCKER_TLS_VERIFY"] || !folder) {
    return { protocol: "http" };
  }
  const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) => readFileSync(join(folder, name), "utf8"));
  return { protocol: "https", ...(ca && cert && key ? { ca, cert, key } : {}) };
}
