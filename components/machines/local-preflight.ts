import { readdir, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { isUrl } from "../../config/artefact";
import { DEFAULTS, LIMITS } from "../../config/defaults";
import type { LabConfig } from "../../config/schema";
import { seatsOf } from "../seats";
import { dockerClient } from "./docker-client";
import type { DockerEngine } from "./docker-engine";
import { containerName, STACK_LABEL } from "./labels";

/** Measured: a node with Docker and the lesson's images takes 1.3 GB of the Engine's disk. */
const BYTES_PER_SEAT = 1.3e9;

/** What a class asks of the Engine's machine. */
export interface LocalDemand {
  readonly stack: string;
  readonly seats: number;
  readonly spares: number;
  readonly sshPort: number;
  readonly artefactDirectory: string | undefined;
  /** Files that settings name in the folder of artefacts: setting -> name. */
  readonly artefacts: ReadonlyMap<string, string>;
}

/** What a config asks of the Engine's machine. */
export function localDemand(stack: string, config: LabConfig): LocalDemand {
  const named = [
    ["trivy.archive", config.trivy.archive],
    ["trivy.databaseArchive", config.trivy.databaseArchive],
  ] as const;
  return {
    stack,
    seats: config.seats,
    spares: config.spares,
    sshPort: config.local.sshPort,
    artefactDirectory: config.artefacts.directory,
    artefacts: new Map(
      named.flatMap(([setting, name]) => (name === undefined || isUrl(name) ? [] : [[setting, name] as const])),
    ),
  };
}

/** A container on the Engine, as far as it stands in the way of a class or belongs to it. */
export interface ContainerFact {
  readonly name: string;
  /** Stack of the lab it belongs to; undefined when it is none of ours. */
  readonly stack: string | undefined;
  readonly hostPorts: readonly number[];
}

/** What is known of the Engine's machine. */
export interface HostFacts {
  readonly containers: readonly ContainerFact[];
  /** Those of the asked ports that something other than a container listens on. */
  readonly busyPorts: readonly number[];
  /** Free bytes where the Engine keeps its data; undefined when that cannot be seen from here. */
  readonly freeBytes: number | undefined;
  /** What is in the folder of artefacts; "unseen" when none is asked for or it cannot be seen from here. */
  readonly artefactFolder: readonly string[] | "missing" | "unseen";
}

/** Everything that speaks against making the class on this Engine, a line each. */
export async function findLocalProblems(engine: DockerEngine, demand: LocalDemand): Promise<string[]> {
  return localProblems(demand, await readHostFacts(engine, demand));
}

/** The pure half: facts in, problems out, in the user's words. */
export function localProblems(demand: LocalDemand, facts: HostFacts): string[] {
  return [...portProblems(demand, facts), ...roomProblems(demand, facts), ...artefactProblems(demand, facts)];
}

function portProblems(demand: LocalDemand, facts: HostFacts): string[] {
  const holders = new Map<number, string>();
  for (const port of facts.busyPorts) {
    holders.set(port, "another program");
  }
  for (const container of facts.containers.filter(({ stack }) => stack !== demand.stack)) {
    for (const port of container.hostPorts) {
      const owner = container.stack === undefined ? "" : ` of the lab "${container.stack}"`;
      holders.set(port, `the container ${container.name}${owner}`);
    }
  }
  const taken = portsOf(demand).filter((port) => holders.has(port));
  if (taken.length === 0) {
    return [];
  }
  const free = nextFreeBlock(demand, holders);
  const held = taken.map((port) => `port ${port} on 127.0.0.1 is in use by ${holders.get(port)}`).join(", ");
  const advice =
    free === undefined ? "" : `; ports from ${free} on may be free: pulumi config set --path local.sshPort ${free}`;
  return [`local.sshPort: ${held}${advice}`];
}

/** The next round hundred after the asked ports, or from the default on, under which nothing known is listening. */
function nextFreeBlock(demand: LocalDemand, holders: ReadonlyMap<number, string>): number | undefined {
  const next = (Math.floor((demand.sshPort + indexAfterLast(demand)) / 100) + 1) * 100 + 1;
  for (const start of [next, DEFAULTS.local.sshPort]) {
    for (let first = start; first + indexAfterLast(demand) - 1 <= LIMITS.sshPort.max; first += 100) {
      if (!portsOf({ ...demand, sshPort: first }).some((port) => holders.has(port))) {
        return first;
      }
    }
  }
  return undefined;
}

function roomProblems(demand: LocalDemand, facts: HostFacts): string[] {
  const there = facts.containers.filter(({ stack }) => stack === demand.stack).length;
  const wanted = Math.max(0, demand.seats + demand.spares - there);
  if (facts.freeBytes === undefined || wanted * BYTES_PER_SEAT <= facts.freeBytes) {
    return [];
  }
  const fits = there + Math.floor(facts.freeBytes / BYTES_PER_SEAT);
  const asked = demand.spares === 0 ? `${demand.seats}` : `${demand.seats} and ${demand.spares} spares`;
  return [
    `seats: no room for ${asked}: ${wanted} new ones take about ${gigabytes(wanted * BYTES_PER_SEAT)} on the Docker Engine's disk, ` +
      `${gigabytes(facts.freeBytes)} are free; ${fits} would fit`,
  ];
}

function artefactProblems({ artefactDirectory, artefacts }: LocalDemand, { artefactFolder }: HostFacts): string[] {
  if (artefactFolder === "unseen") {
    return [];
  }
  if (artefactFolder === "missing") {
    return [`artefacts.directory: there is no folder ${artefactDirectory}`];
  }
  return [...artefacts]
    .filter(([, name]) => !artefactFolder.includes(name))
    .map(([setting, name]) => `${setting}: there is no ${name} in artefacts.directory, which is ${artefactDirectory}`);
}

function portsOf(demand: LocalDemand): number[] {
  return indexesOf(demand).map((index) => demand.sshPort + index);
}

/** Places that were left keep their ports: a seat may go back to its own. */
function indexesOf({ seats, spares }: LocalDemand): number[] {
  return seatsOf({ seats, spares, moved: {} }).map(({ index }) => index);
}

function indexAfterLast(demand: LocalDemand): number {
  return Math.max(...indexesOf(demand)) + 1;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

async function readHostFacts(engine: DockerEngine, demand: LocalDemand): Promise<HostFacts> {
  const containers = (await dockerClient(engine.host).listContainers({ all: true })).map((container) => ({
    name: containerName(container),
    stack: container.Labels[STACK_LABEL],
    hostPorts: container.Ports.flatMap(({ Type, PublicPort }) =>
      Type === "tcp" && PublicPort !== undefined ? [PublicPort] : [],
    ),
  }));
  // Only a local Engine's ports and disk can be looked at from here.
  if (!engine.host.startsWith("unix://")) {
    return { containers, busyPorts: [], freeBytes: undefined, artefactFolder: "unseen" };
  }
  const held = new Set(containers.flatMap((container) => container.hostPorts));
  const candidates = portsOf(demand).filter((port) => !held.has(port));
  const busy = await Promise.all(candidates.map(async (port) => ((await isPortFree(port)) ? [] : [port])));
  return {
    containers,
    busyPorts: busy.flat(),
    freeBytes: await freeBytes(engine.rootDirectory),
    artefactFolder: await lookInto(demand.artefactDirectory),
  };
}

async function lookInto(directory: string | undefined): Promise<HostFacts["artefactFolder"]> {
  if (directory === undefined) {
    return "unseen";
  }
  try {
    return await readdir(directory);
  } catch {
    return "missing";
  }
}

/** Whether nobody listens on a port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Undefined where the Engine's folder is not to be seen, as with Docker Desktop. */
async function freeBytes(directory: string): Promise<number | undefined> {
  try {
    const stats = await statfs(directory);
    return stats.bavail * stats.bsize;
  } catch {
    return undefined;
  }
}
