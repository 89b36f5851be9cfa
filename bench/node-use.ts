import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { dockerClient } from "../adapters/docker/client";
import { ofStack } from "../core/resource-names";
import { average } from "./report";

/** What one node takes of its machine. */
export interface NodeUse {
  /** Memory that nobody else can have: not the page cache, in bytes. */
  readonly memory: number;
  /** What root's processes of it have open of inotify. */
  readonly inotifyInstances: number;
  readonly inotifyWatches: number;
  readonly openFiles: number;
  /** Processes with their threads, as the kernel counts them. */
  readonly processes: number;
}

/** Looking costs time of the machine that is measured. */
const POLL_MILLISECONDS = 1000;
/** So many nodes stand for all. */
const WATCHED_NODES = 3;
const NOTHING: NodeUse = { memory: 0, inotifyInstances: 0, inotifyWatches: 0, openFiles: 0, processes: 0 };

/** Watches the nodes of a stack until told to stop; gives the most that any one node took of each at a time. Linux, as root. */
export function watchNodes(host: string, stack: string): { stop(): Promise<NodeUse> } {
  const known = new Set<string>();
  let most = NOTHING;
  let going = true;
  const loop = async () => {
    while (going) {
      for (const id of (await containersOf(host, stack)).slice(-WATCHED_NODES)) {
        known.add(id);
      }
      for (const id of known) {
        most = greatest(most, useOf(id));
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  };
  const done = loop();
  return {
    async stop() {
      going = false;
      await done;
      return most;
    },
  };
}

/** What a node of the stack takes now, on average. */
export async function nodesNow(host: string, stack: string): Promise<NodeUse> {
  const uses = (await containersOf(host, stack)).map(useOf);
  const mean = (pick: (use: NodeUse) => number) => average(uses.map(pick));
  return {
    memory: mean(({ memory }) => memory),
    inotifyInstances: mean(({ inotifyInstances }) => inotifyInstances),
    inotifyWatches: mean(({ inotifyWatches }) => inotifyWatches),
    openFiles: mean(({ openFiles }) => openFiles),
    processes: mean(({ processes }) => processes),
  };
}

/** Bytes of disk that a node takes, on average: its own layer and its volume. */
export async function nodeDisk(host: string, stack: string): Promise<number> {
  const { Containers, Volumes } = (await dockerClient(host).df()) as {
    readonly Containers: readonly { readonly Id: string; readonly SizeRw?: number }[];
    readonly Volumes: readonly { readonly Name: string; readonly UsageData?: { readonly Size: number } }[];
  };
  const own = new Set(await containersOf(host, stack));
  const layers = Containers.filter(({ Id }) => own.has(Id)).map(({ SizeRw }) => SizeRw ?? 0);
  const volumes = Volumes.filter(({ Name }) => Name.startsWith(`lab-${stack}-`)).map(
    ({ UsageData }) => UsageData?.Size ?? 0,
  );
  return average(layers) + average(volumes);
}

async function containersOf(host: string, stack: string): Promise<string[]> {
  return (await dockerClient(host).listContainers({ filters: ofStack(stack) })).map(({ Id }) => Id);
}

function useOf(id: string): NodeUse {
  const group = groupsOf(id);
  if (group === undefined) {
    return NOTHING;
  }
  const inotify = group.processes.flatMap(inotifyWatches);
  return {
    memory: group.memory,
    inotifyInstances: inotify.length,
    inotifyWatches: inotify.reduce((sum, watches) => sum + watches, 0),
    openFiles: group.processes.reduce((sum, process) => sum + entriesOf(`/proc/${process}/fd`).length, 0),
    processes: group.processes.reduce((sum, process) => sum + entriesOf(`/proc/${process}/task`).length, 0),
  };
}

/** A container's memory and processes, by cgroup v1 or v2, with those of the containers inside it. */
function groupsOf(id: string): { readonly memory: number; readonly processes: readonly string[] } | undefined {
  const folders = [
    `/sys/fs/cgroup/memory/docker/${id}`,
    `/sys/fs/cgroup/system.slice/docker-${id}.scope`,
    `/sys/fs/cgroup/docker/${id}`,
  ];
  const folder = folders.find((candidate) => textOf(`${candidate}/memory.stat`) !== "");
  if (folder === undefined) {
    return undefined;
  }
  const stat = textOf(`${folder}/memory.stat`);
  const field = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1] ?? 0);
  const kernel = Number(textOf(`${folder}/memory.kmem.usage_in_bytes`)) || field("kernel");
  // Half of the kernel's and more is file names and the like, which it gives back when asked.
  return { memory: (field("total_rss") || field("anon")) + kernel, processes: processesIn(folder) };
}

function processesIn(folder: string): string[] {
  const own = textOf(join(folder, "cgroup.procs")).split("\n").filter(Boolean);
  const below = entriesOf(folder).filter((name) => isFolder(join(folder, name)));
  return [...own, ...below.flatMap((name) => processesIn(join(folder, name)))];
}

/** The watches of each inotify instance of a process of root's: limits are a user's. */
function inotifyWatches(process: string): number[] {
  const directory = `/proc/${process}`;
  const files = ownerOf(directory) === 0 ? entriesOf(`${directory}/fd`) : [];
  return files
    .filter((file) => targetOf(`${directory}/fd/${file}`) === "anon_inode:inotify")
    .map((file) => textOf(`${directory}/fdinfo/${file}`).match(/^inotify /gm)?.length ?? 0);
}

function greatest(a: NodeUse, b: NodeUse): NodeUse {
  return {
    memory: Math.max(a.memory, b.memory),
    inotifyInstances: Math.max(a.inotifyInstances, b.inotifyInstances),
    inotifyWatches: Math.max(a.inotifyWatches, b.inotifyWatches),
    openFiles: Math.max(a.openFiles, b.openFiles),
    processes: Math.max(a.processes, b.processes),
  };
}

// Whatever ends while it is looked at has nothing.
const textOf = (file: string) => attempt(() => readFileSync(file, "utf8"), "");
const entriesOf = (folder: string) => attempt(() => readdirSync(folder), []);
const targetOf = (link: string) => attempt(() => readlinkSync(link), "");
const isFolder = (path: string) => attempt(() => statSync(path).isDirectory(), false);
const ownerOf = (path: string) => attempt(() => statSync(path).uid, -1);

function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
