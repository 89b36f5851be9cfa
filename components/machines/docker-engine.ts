import Docker from "dockerode";
import type { Platform } from "./machine";

/** What a Docker Engine says of itself, as far as a lab needs it. */
export interface DockerEngine {
  /** Its address, e.g. `unix:///var/run/docker.sock`. */
  readonly host: string;
  readonly serverVersion: string;
  readonly cgroupVersion: 1 | 2;
  readonly platform: Platform;
  /** Where it keeps its data, on its own machine. */
  readonly rootDirectory: string;
}

/** Address of the Engine when nothing else is said: Docker's own default. */
export const DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock";

/** The part of `GET /info` that is read. */
interface EngineInfo {
  readonly ServerVersion?: string;
  readonly CgroupVersion?: string;
  readonly Architecture?: string;
  readonly DockerRootDir?: string;
}

const PLATFORMS: Readonly<Record<string, Platform>> = {
  x86_64: "linux/amd64",
  amd64: "linux/amd64",
  aarch64: "linux/arm64",
  arm64: "linux/arm64",
};

/** A client for an Engine's API. `ssh://` goes over the user's own SSH agent. */
export function dockerClient(host: string): Docker {
  return host.startsWith("unix://") ? new Docker({ socketPath: host.slice("unix://".length) }) : new Docker({ host });
}

/** Asks an Engine what it is. Rejects, with the reason, when none answers or when it is not one that nodes run on. */
export async function readDockerEngine(host: string): Promise<DockerEngine> {
  const info = (await dockerClient(host).info()) as EngineInfo;
  return parseEngineInfo(host, info);
}

/** The Engine's own answer as a `DockerEngine`. Throws for an architecture that node images are not made for. */
export function parseEngineInfo(host: string, info: EngineInfo): DockerEngine {
  const platform = PLATFORMS[info.Architecture ?? ""];
  if (platform === undefined) {
    throw new Error(`its architecture is ${info.Architecture}; nodes run on ${Object.keys(PLATFORMS).join(", ")}`);
  }
  return {
    host,
    serverVersion: info.ServerVersion ?? "unknown",
    // Engines before 20.10 do not say; they knew cgroup v1 only.
    cgroupVersion: info.CgroupVersion === "2" ? 2 : 1,
    platform,
    rootDirectory: info.DockerRootDir ?? "/var/lib/docker",
  };
}
