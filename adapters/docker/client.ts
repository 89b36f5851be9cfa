import type { Agent } from "node:http";
import Docker from "dockerode";
import { certificateFolder, readCertificates, TlsError } from "../../airgap/plugins/docker/connection/tls";
import { ServerAgent } from "../ssh/server";
import { socketPath, UnusableEngineError } from "./host";

/** A client for the Docker Engine at `host`: unix://, tcp:// (with TLS as DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say) or ssh://. */
export function dockerClient(host: string, environment: NodeJS.ProcessEnv = process.env): Docker {
  return new Docker(dockerOptions(host, environment));
}

/** The same, as dockerode's options. */
export function dockerOptions(host: string, environment: NodeJS.ProcessEnv): Docker.DockerOptions {
  const socket = socketPath(host);
  if (socket !== undefined) {
    // Else dockerode takes the address of DOCKER_HOST before this one.
    return { socketPath: socket, host: "", protocol: "http" };
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
