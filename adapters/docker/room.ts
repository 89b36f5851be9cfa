import { readdir, readFile, readlink, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { NODE_SHARE, type Room, type Supply, UNSEEN_ROOM } from "../../core/capacity";
import { dockerClient, socketPath } from "./client";
import type { DockerEngine } from "./engine";

/** No Linux bridge has more ports. */
const BRIDGE_PORTS = 1023;

/**
 * What the Engine's machine has room for, as far as it can be seen from here: all of it where the Engine runs on this very
 * kernel, little where it is elsewhere or in Docker Desktop's machine. `nodes` is how many of any lab it has.
 */
export async function readRoom(engine: DockerEngine, nodes: number, proc = "/proc"): Promise<Room> {
  const [here, addresses] = await Promise.all([isHere(engine, proc), readAddresses(engine)]);
  if (!here) {
    return { ...UNSEEN_ROOM, addresses };
  }
  const [memory, disk, inotify, openFiles, processes] = await Promise.all([
    seen(() => readMemory(proc)),
    seen(() => readDisk(engine.rootDirectory)),
    readInotify(proc, nodes),
    seen(() => readOpenFiles(proc)),
    seen(() => readProcesses(proc)),
  ]);
  return { memory, disk, ...inotify, "open files": openFiles, processes, addresses };
}

/** Whether the Engine runs on this kernel: then what the kernel says here is true of it. */
async function isHere({ host, kernelVersion, memoryBytes }: DockerEngine, proc: string): Promise<boolean> {
  if (socketPath(host) === undefined) {
    return false;
  }
  const own = await seen(async () => ({
    release: await textOf(proc, "sys/kernel/osrelease"),
    memory: await readMemory(proc),
  }));
  return own?.release === kernelVersion && own.memory.limit === memoryBytes;
}

async function readMemory(proc: string): Promise<Supply> {
  const text = await textOf(proc, "meminfo");
  const total = wholeNumber(/^MemTotal:\s+(\d+) kB/m.exec(text)?.[1]) * 1024;
  const available = wholeNumber(/^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1]) * 1024;
  return { limit: total, used: total - available };
}

async function readDisk(directory: string): Promise<Supply> {
  const { blocks, bavail, bsize } = await statfs(directory);
  return { limit: blocks * bsize, used: (blocks - bavail) * bsize };
}

async function readOpenFiles(proc: string): Promise<Supply> {
  const [used, , limit] = (await textOf(proc, "sys/fs/file-nr")).split(/\s+/);
  return { limit: wholeNumber(limit), used: wholeNumber(used) };
}

async function readProcesses(proc: string): Promise<Supply> {
  const limits = await Promise.all(
    ["sys/kernel/pid_max", "sys/kernel/threads-max"].map(async (name) => wholeNumber(await textOf(proc, name))),
  );
  const used = /\/(\d+) /.exec(await textOf(proc, "loadavg"))?.[1];
  return { limit: Math.min(...limits), used: wholeNumber(used) };
}

type InotifyRoom = Pick<Room, "inotify instances" | "inotify watches">;

/** Limits are for all processes of a user together, and a node's are root's. */
async function readInotify(proc: string, nodes: number): Promise<InotifyRoom> {
  const [instances, watches, used] = await Promise.all([
    seen(async () => wholeNumber(await textOf(proc, "sys/fs/inotify/max_user_instances"))),
    seen(async () => wholeNumber(await textOf(proc, "sys/fs/inotify/max_user_watches"))),
    seen(() => inotifyOfRoot(proc)),
  ]);
  // Only root may look into root's processes. What the nodes take at least is known all the same.
  const known = used ?? {
    instances: nodes * NODE_SHARE["inotify instances"],
    watches: nodes * NODE_SHARE["inotify watches"],
  };
  return {
    "inotify instances": instances === undefined ? undefined : { limit: instances, used: known.instances },
    "inotify watches": watches === undefined ? undefined : { limit: watches, used: known.watches },
  };
}

async function inotifyOfRoot(proc: string): Promise<{ readonly instances: number; readonly watches: number }> {
  const processes = (await readdir(proc)).filter((name) => /^\d+$/.test(name)).map((name) => join(proc, name));
  const counts = await Promise.all(processes.map(inotifyOfProcess));
  const found = counts.flat();
  return { instances: found.length, watches: found.reduce((sum, watches) => sum + watches, 0) };
}

/** The watches of each inotify instance of one of root's processes. A process that ends meanwhile has none. */
async function inotifyOfProcess(directory: string): Promise<number[]> {
  const owner = await seen(() => stat(directory));
  if (owner?.uid !== 0) {
    return [];
  }
  const files = await readdir(join(directory, "fd")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EACCES") {
      throw error;
    }
    return [];
  });
  const instances = await Promise.all(
    files.map(async (file) => {
      const target = await seen(() => readlink(join(directory, "fd", file)));
      return target === "anon_inode:inotify" ? ((await seen(() => watchesOf(directory, file))) ?? 0) : undefined;
    }),
  );
  return instances.filter((watches) => watches !== undefined);
}

async function watchesOf(directory: string, file: string): Promise<number> {
  return (await textOf(directory, join("fdinfo", file))).match(/^inotify /gm)?.length ?? 0;
}

const BRIDGE = z.object({
  IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })) }),
  Containers: z.record(z.string(), z.unknown()),
});

/** Addresses of the Engine's own bridge network, which nodes are in. */
function readAddresses({ host }: DockerEngine): Promise<Supply | undefined> {
  return seen(async () => {
    const { IPAM, Containers } = BRIDGE.parse(await dockerClient(host).getNetwork("bridge").inspect());
    const subnet = IPAM.Config.find(({ Subnet }) => /^[\d.]+\/\d+$/.test(Subnet))?.Subnet;
    const bits = wholeNumber(subnet?.split("/")[1]);
    // All but the network's own, the gateway's and the broadcast one.
    return { limit: Math.min(2 ** (32 - bits) - 3, BRIDGE_PORTS), used: Object.keys(Containers).length };
  });
}

async function textOf(folder: string, name: string): Promise<string> {
  return (await readFile(join(folder, name), "utf8")).trim();
}

function wholeNumber(text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text)) {
    throw new Error(`no number: ${text}`);
  }
  return Number(text);
}

/** Undefined where looking failed: what cannot be seen is not judged. */
async function seen<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch {
    return undefined;
  }
}
