import { readdir } from "node:fs/promises";
import { readOsRelease } from "../../../adapters/docker/base-os";
import { dockerClient, ifFound } from "../../../adapters/docker/client";
import { type DockerEngine, isPortFree } from "../../../adapters/docker/engine";
import { readHostCapacity } from "../../../adapters/docker/host-capacity";
import { NODE_IMAGE_CONTEXT, nodeImageName } from "../../../adapters/files/node-image";
import { LIMITS } from "../../../config/limits";
import type { LabConfig } from "../../../config/schema";
import { DEFAULTS } from "../../../config/schema";
import { isUrl } from "../../../config/values/artefacts";
import { capacityProblems, type NodeShare } from "../../../core/capacity";
import { unsupportedBase } from "../../../core/node-packages";
import { containerName, nodeContainerName, SEAT_LABEL, STACK_LABEL } from "../../../core/resource-names";
import { type Seat, seatsOf } from "../../../core/seats";
import { PORTAL_SLOT } from "../../portal-spec";
import { projectFile } from "../../project-files";
import { shareOfNewNode } from "./bakes";

/** What a class requires of the Engine's machine. */
export interface LocalDemand {
  /** Name of the stack. */
  readonly stack: string;
  /** Number of seats. */
  readonly seats: number;
  /** Number of spares. */
  readonly spares: number;
  /** Where its portal runs; "node" is one more machine. @default operator */
  readonly portal?: LabConfig["portal"];
  /** Slots of the class that are on this Engine. Undefined: all. */
  readonly slots?: ReadonlySet<string>;
  /** SSH port of the first machine; each further one takes the next. */
  readonly sshPort: number;
  /** Image that machines are built on, which takes a container to look into. Undefined: not checked. */
  readonly baseImage?: string;
  /** Folder with artefacts on the Engine's machine. Undefined: none. */
  readonly artefactDirectory: string | undefined;
  /** Files that settings name in the folder of artefacts: setting -> name. */
  readonly artefacts: ReadonlyMap<string, string>;
  /** Whether the machine needs capacity for it; `--force` skips the check. */
  readonly capacityCheck: "required" | "skipped";
  /** Resources per new node on an Engine that already has `there` nodes of the class. */
  readonly share: (engine: DockerEngine, existing: number) => Promise<NodeShare>;
  /** Whether a port on this machine's 127.0.0.1 is free. */
  readonly isPortFree: (port: number) => Promise<boolean>;
}

/** What a config requires of the Engine's machine. */
export function localDemand(stack: string, config: LabConfig): LocalDemand {
  const named = [
    ["trivy.archive", config.trivy.archive],
    ["trivy.databaseArchive", config.trivy.databaseArchive],
  ] as const;
  return {
    stack,
    seats: config.seats,
    spares: config.spares,
    portal: config.portal,
    sshPort: config.local.sshPort,
    artefactDirectory: config.artefacts.directory,
    artefacts: new Map(
      named.flatMap(([setting, name]) => (name === undefined || isUrl(name) ? [] : [[setting, name] as const])),
    ),
    capacityCheck: "required",
    share: (engine, existing) => shareOfNewNode(config, engine, existing),
    isPortFree,
  };
}

/** A container on the Engine. */
export interface ContainerFact {
  /** Name of the container, without a slash. */
  readonly name: string;
  /** Stack of its lab; undefined if it does not belong to a lab. */
  readonly stack: string | undefined;
  /** Seat whose node it is; undefined for any other container. */
  readonly seat: string | undefined;
  /** Published ports of the Engine's machine. */
  readonly hostPorts: readonly number[];
}

/** Facts about the Engine's machine. */
export interface HostFacts {
  /** All containers of the Engine, also stopped ones. */
  readonly containers: readonly ContainerFact[];
  /** Required ports on which a program other than a container listens. */
  readonly busyPorts: readonly number[];
  /** Files in the folder of artefacts; "unseen" if none is configured or it cannot be read from here. */
  readonly artefactFolder: readonly string[] | "missing" | "unseen";
  /** The os-release file of the base image. "none": it has none. Undefined: the Engine need not build on it, or has to pull it. */
  readonly osRelease?: string | undefined;
}

/** Problems of creating a class on a Docker Engine, one line each. */
export interface LocalFindings {
  /** Problems that make it impossible. */
  readonly problems: readonly string[];
  /** Resources that its machine lacks. */
  readonly capacity: readonly string[];
}

/** All problems of creating the class on this Engine, including capacity, one line each. */
export async function findLocalProblems(engine: DockerEngine, demand: LocalDemand): Promise<string[]> {
  const { problems, capacity } = await examineLocal(engine, demand);
  return [...problems, ...capacity];
}

/** Problems and capacity separately, for callers that may ignore capacity. */
export async function examineLocal(engine: DockerEngine, demand: LocalDemand): Promise<LocalFindings> {
  const facts = await readHostFacts(engine, demand);
  const problems = [...engineProblems(engine), ...localProblems(demand, facts)];
  const existing = nodesThere(demand.stack, facts);
  const nodes = nodesAsked(demand);
  // Checked only if nodes are created, so that an `up` without changes stays fast.
  if (demand.capacityCheck !== "required" || nodes <= existing) {
    return { problems, capacity: [] };
  }
  const host = await readHostCapacity(engine, nodesOfLabs(facts));
  return { problems, capacity: capacityProblems(nodes, existing, host, await demand.share(engine, existing)) };
}

/**
 * An Engine with `userns-remap` on which no node can boot: root of a node is another user of the machine there, and only
 * Docker's systemd driver on cgroup v2 gives that user the node's own cgroup.
 */
export function engineProblems({ host, cgroupVersion, remapped }: DockerEngine): string[] {
  if (remapped === undefined || (cgroupVersion === 2 && remapped.cgroupDriver === "systemd")) {
    return [];
  }
  return [
    `the Docker Engine at ${host} has userns-remap with cgroup v${cgroupVersion} and the cgroup driver "${remapped.cgroupDriver}", where a node's systemd cannot start; use cgroup v2 and the driver systemd ("exec-opts": ["native.cgroupdriver=systemd"] in daemon.json), or an Engine without userns-remap`,
  ];
}

/** All problems except capacity, as a pure function of the facts. */
export function localProblems(demand: LocalDemand, facts: HostFacts): string[] {
  return [
    ...portProblems(demand, facts),
    ...nameProblems(demand, facts),
    ...artefactProblems(demand, facts),
    ...baseProblems(demand, facts),
  ];
}

/** Number of required nodes. */
export function nodesAsked(demand: LocalDemand): number {
  return machinesOf(demand).length;
}

/** Number of existing nodes of the class. */
export function nodesThere(stack: string, { containers }: HostFacts): number {
  return containers.filter((container) => container.stack === stack && container.seat !== undefined).length;
}

/** Number of existing nodes of all labs. */
export function nodesOfLabs({ containers }: HostFacts): number {
  return containers.filter(({ seat }) => seat !== undefined).length;
}

/** The required ports that are in use, with a suggestion of free ones. */
export function portProblems(demand: LocalDemand, facts: HostFacts): string[] {
  const holders = new Map(facts.busyPorts.map((port) => [port, "another program"]));
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
    free === undefined ? "" : `; ports from ${free} may be free: pulumi config set --path local.sshPort ${free}`;
  return [`local.sshPort: ${held}${advice}`];
}

/** The first port of a block without known listeners: after the required ports in steps of 100, else from the default. */
function nextFreeBlock(demand: LocalDemand, holders: ReadonlyMap<number, string>): number | undefined {
  const size = Math.max(...machinesOf(demand).map(({ index }) => index)) + 1;
  const next = (Math.floor((demand.sshPort + size) / 100) + 1) * 100 + 1;
  for (const start of [next, DEFAULTS.local.sshPort]) {
    for (let first = start; first + size - 1 <= LIMITS.sshPort.max; first += 100) {
      if (!portsOf({ ...demand, sshPort: first }).some((port) => holders.has(port))) {
        return first;
      }
    }
  }
  return undefined;
}

/** Containers with a node's name: the lab `a-seat01` has one that the class `a` needs. */
export function nameProblems(demand: LocalDemand, { containers }: HostFacts): string[] {
  const { stack } = demand;
  const names = new Set(machinesOf(demand).map(({ node }) => nodeContainerName(stack, node)));
  return containers
    .filter((container) => container.stack !== stack && names.has(container.name))
    .map(({ name, stack: owner }) => {
      const whose = owner === undefined ? "that does not belong to a lab" : `of the lab "${owner}"`;
      return `the name ${name} is taken by a container ${whose}; use another name for this lab: --stack NAME`;
    });
}

/** Files in settings that are missing from the folder of artefacts. */
export function artefactProblems(
  { artefactDirectory, artefacts }: LocalDemand,
  { artefactFolder }: HostFacts,
): string[] {
  if (artefactFolder === "unseen") {
    return [];
  }
  if (artefactFolder === "missing") {
    return [`artefacts.directory: the folder ${artefactDirectory} does not exist`];
  }
  return [...artefacts]
    .filter(([, name]) => !artefactFolder.includes(name))
    .map(([setting, name]) => `${setting}: there is no ${name} in artefacts.directory (${artefactDirectory})`);
}

/** A base image of another distribution or release than those that nodes can be made from. */
export function baseProblems({ baseImage }: LocalDemand, { osRelease }: HostFacts): string[] {
  const unsupported = osRelease === undefined ? undefined : unsupportedBase(osRelease);
  return unsupported === undefined
    ? []
    : [`local.baseImage: ${baseImage} ${unsupported}; for the default: pulumi config rm --path local.baseImage`];
}

/** The base image's os-release file if the Engine has that image, but not yet the node image that is built on it. */
async function readBase({ host }: DockerEngine, { baseImage }: LocalDemand): Promise<HostFacts["osRelease"]> {
  if (baseImage === undefined) {
    return undefined;
  }
  const nodeImage = nodeImageName(baseImage, projectFile(NODE_IMAGE_CONTEXT));
  if ((await ifFound(dockerClient(host).getImage(nodeImage).inspect())) !== undefined) {
    return undefined;
  }
  const osRelease = await readOsRelease(host, baseImage);
  return osRelease === "absent" ? undefined : osRelease;
}

function portsOf(demand: LocalDemand): number[] {
  return machinesOf(demand).map(({ index }) => demand.sshPort + index);
}

/** The machines of the class on this Engine. Slots that were left keep their ports, because a seat may move back. */
function machinesOf({ seats, spares, portal, slots }: LocalDemand): Pick<Seat, "index" | "slot" | "node">[] {
  const ofPortal = portal === "node" ? [PORTAL_SLOT] : [];
  return [...seatsOf({ seats, spares, moved: {} }), ...ofPortal].filter(({ slot }) => slots?.has(slot) ?? true);
}

/** Reads facts from the Engine, and from this machine if the Engine is local. */
export async function readHostFacts(engine: DockerEngine, demand: LocalDemand): Promise<HostFacts> {
  const containers = (await dockerClient(engine.host).listContainers({ all: true })).map((container) => ({
    name: containerName(container),
    stack: container.Labels[STACK_LABEL],
    seat: container.Labels[SEAT_LABEL],
    hostPorts: container.Ports.flatMap(({ Type, PublicPort }) =>
      Type === "tcp" && PublicPort !== undefined ? [PublicPort] : [],
    ),
  }));
  const osRelease = await readBase(engine, demand);
  // Only a local Engine's ports and disk can be checked from here.
  if (!engine.host.startsWith("unix://")) {
    return { containers, busyPorts: [], artefactFolder: "unseen", osRelease };
  }
  const held = new Set(containers.flatMap((container) => container.hostPorts));
  const candidates = portsOf(demand).filter((port) => !held.has(port));
  const busy = await Promise.all(candidates.map(async (port) => ((await demand.isPortFree(port)) ? [] : [port])));
  return { containers, busyPorts: busy.flat(), artefactFolder: await filesIn(demand.artefactDirectory), osRelease };
}

async function filesIn(directory: string | undefined): Promise<HostFacts["artefactFolder"]> {
  if (directory === undefined) {
    return "unseen";
  }
  try {
    return await readdir(directory);
  } catch {
    return "missing";
  }
}
