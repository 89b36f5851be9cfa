import { createServer } from "node:net";
import Docker from "dockerode";
import { z } from "zod";
import { UnusableEngineError } from "../../core/errors";
import { rejectionOf, withTimeLimit } from "../../core/limits";
import type { Platform } from "../../core/machine";
import { containerName } from "../../core/resource-names";
import { dockerClient, dockerOptions } from "./client";

/** The facts about a Docker Engine that a class depends on. */
export interface DockerEngine {
  readonly host: string;
  /** Unique, whatever its address. Its own id is not: copies of a machine share that. */
  readonly identity?: string;
  readonly serverVersion: string;
  readonly cgroupVersion: 1 | 2;
  /** What makes containers' cgroups, for an Engine with `userns-remap`. Undefined: it has none. */
  readonly remapped?: { readonly cgroupDriver: string };
  /** The Engine's platform, which need not be the operator's. */
  readonly platform: Platform;
  /** Folder on the Engine's machine where images, volumes and containers are kept. */
  readonly rootDirectory: string;
  readonly kernelVersion: string;
  /** Memory of the Engine's machine in all, in bytes. */
  readonly memoryBytes: number;
  /** Processor cores of the Engine's machine. */
  readonly cores: number;
}

const ANSWER_SECONDS = 5;

/** The oldest Engine that can run a class, by the version of its API. */
const OLDEST = { docker: "20.10", api: "1.41" } as const;

const PLATFORMS: Readonly<Record<string, Platform>> = {
  x86_64: "linux/amd64",
  amd64: "linux/amd64",
  aarch64: "linux/arm64",
  arm64: "linux/arm64",
};

const INFO = z.object({
  ID: z.string().default(""),
  Name: z.string().default(""),
  ServerVersion: z.string(),
  CgroupVersion: z.enum(["1", "2"]).default("1"),
  CgroupDriver: z.string().default(""),
  SecurityOptions: z.array(z.string()).nullish(),
  OSType: z.string(),
  Architecture: z.string(),
  DockerRootDir: z.string(),
  KernelVersion: z.string(),
  MemTotal: z.number(),
  NCPU: z.number(),
});

const VERSION = z.object({ Version: z.string(), ApiVersion: z.string() });

/**
 * Asks the Docker Engine at `host` about itself; rejects when it has not answered in time. Requests name no version of the
 * API, so that each Engine answers by its own newest one, and none refuses them as too old or too new.
 */
export async function readDockerEngine(
  host: string,
  environment: NodeJS.ProcessEnv = process.env,
  seconds: number = ANSWER_SECONDS,
): Promise<DockerEngine> {
  // A little later than our own limit, which has the better message: a request given up must not keep the process alive.
  const docker = new Docker({ ...dockerOptions(host, environment), timeout: seconds * 1000 + 200 });
  const [version, info]: unknown[] = await withTimeLimit({ seconds }, (limited) =>
    Promise.race([Promise.all([docker.version(), docker.info()]), rejectionOf(limited)]),
  );
  refuseOldEngine(host, version);
  return parseInfo(host, info);
}

/** Throws for an Engine whose answer to /version shows that it is older than Docker 20.10. */
export function refuseOldEngine(host: string, answer: unknown): void {
  const { Version, ApiVersion } = VERSION.parse(answer);
  if (ApiVersion.localeCompare(OLDEST.api, "en", { numeric: true }) < 0) {
    throw new UnusableEngineError(
      `the Docker Engine at ${host} is too old: it is Docker ${Version} with API ${ApiVersion}, ` +
        `and Docker ${OLDEST.docker} (API ${OLDEST.api}) or newer is needed. Update Docker on that machine`,
    );
  }
}

/** Parses the Engine's answer to /info. */
export function parseInfo(host: string, answer: unknown): DockerEngine {
  const info = INFO.parse(answer);
  const platform = PLATFORMS[info.Architecture];
  if (info.OSType !== "linux" || platform === undefined) {
    throw new UnusableEngineError(
      `the Docker Engine at ${host} runs ${info.OSType} on ${info.Architecture}; nodes need Linux on amd64 or arm64`,
    );
  }
  return {
    host,
    identity: [info.ID, info.Name, info.DockerRootDir].join(" "),
    serverVersion: info.ServerVersion,
    cgroupVersion: info.CgroupVersion === "2" ? 2 : 1,
    ...(info.SecurityOptions?.includes("name=userns") === true && { remapped: { cgroupDriver: info.CgroupDriver } }),
    platform,
    rootDirectory: info.DockerRootDir,
    kernelVersion: info.KernelVersion,
    memoryBytes: info.MemTotal,
    cores: info.NCPU,
  };
}

/**
 * Lists the containers once. The result gives the names of those that publish a port on the Engine's machine: several may,
 * each at an address of its own.
 */
export async function readPortHolders(host: string): Promise<(port: number) => string[]> {
  const containers = await dockerClient(host).listContainers();
  return (port) =>
    containers.filter(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port)).map(containerName);
}

/** Whether no process listens on a port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryToListen("127.0.0.1", port)) === "listened";
}

/** Listens for a moment at an address; `refused` where this machine has no such address, or we may not have the port. */
export function tryToListen(address: string, port: number): Promise<"listened" | "in use" | "refused"> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "EADDRINUSE" ? "in use" : "refused"));
    server.listen(port, address, () => server.close(() => resolve("listened")));
  });
}
