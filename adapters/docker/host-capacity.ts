import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { serverOf } from "../../config/hosts";
import {
  type HostCapacity,
  NODE_SHARE,
  RESOURCES,
  type Resource,
  type Supply,
  UNKNOWN_CAPACITY,
} from "../../core/capacity";
import { shellQuote } from "../../core/quoting";
import { onServer } from "../ssh/server";
import { dockerClient, socketPath } from "./client";
import type { DockerEngine } from "./engine";

const SCRIPT = join(__dirname, "files/host-capacity.sh");

const TIMEOUT_MILLISECONDS = 20_000;

/** No Linux bridge has more ports. */
const BRIDGE_PORTS = 1023;

/**
 * Capacity of an Engine's machine, undefined for each resource that cannot be read: all of it on this machine and, over
 * SSH, on a server; only the addresses in Docker Desktop's machine. `nodes`: how many nodes of all labs it has.
 */
export async function readHostCapacity(
  engine: DockerEngine,
  nodes: number,
  proc = "/proc",
  timeout = TIMEOUT_MILLISECONDS,
): Promise<HostCapacity> {
  const [report, addresses] = await Promise.all([
    runOnHost(engine, proc, timeout).catch(() => ""),
    readAddresses(engine).catch(() => undefined),
  ]);
  return { ...UNKNOWN_CAPACITY, ...parseReport(report, engine, nodes), addresses };
}

/** Output of host-capacity.sh. Its whole lines so far if it did not end in time; empty if it cannot run there. */
async function runOnHost({ host, rootDirectory }: DockerEngine, proc: string, timeout: number): Promise<string> {
  const options = { input: readFileSync(SCRIPT), timeout, reject: false, stripFinalNewline: false };
  if (serverOf(host) !== undefined) {
    const { sshArguments, cwd } = onServer(host, ["sh", "-s", "--", proc, shellQuote(rootDirectory)]);
    return wholeLines(await execa("ssh", sshArguments, { ...options, cwd }));
  }
  return socketPath(host) === undefined
    ? ""
    : wholeLines(await execa("sh", ["-s", "--", proc, rootDirectory], options));
}

/** Without a last line that was cut off: its figure would be too small. No output if the program was not found. */
function wholeLines({ stdout = "" }: { readonly stdout?: string }): string {
  return stdout.slice(0, stdout.lastIndexOf("\n") + 1);
}

/** Reads the output of host-capacity.sh. Empty if the script ran on another machine than the Engine. */
export function parseReport(
  report: string,
  { kernelVersion, memoryBytes }: Pick<DockerEngine, "kernelVersion" | "memoryBytes">,
  nodes: number,
): Partial<Record<Resource, Supply>> {
  const [kernel, ...lines] = report.split("\n");
  const supplies = lines.flatMap((line) => {
    const [, name, limit, used] = /^([a-z ]+) (\d+) (\d*)$/.exec(line) ?? [];
    const resource = RESOURCES.find((known) => known === name);
    if (resource === undefined || (used === "" && !resource.startsWith("inotify"))) {
      return [];
    }
    // Only root can read the inotify use of root's processes, and not of every one. The nodes' own is the least it can be.
    const least = resource.startsWith("inotify") ? nodes * NODE_SHARE[resource] : 0;
    return [[resource, { limit: Number(limit), used: Math.max(least, Number(used)) }]];
  });
  const capacity: Partial<Record<Resource, Supply>> = Object.fromEntries(supplies);
  // Docker Desktop's machine may have this machine's kernel, but not all of its memory.
  return kernel === `kernel ${kernelVersion}` && capacity.memory?.limit === memoryBytes ? capacity : {};
}

const BRIDGE = z.object({
  IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })) }),
  Containers: z.record(z.string(), z.unknown()),
});

/** Addresses of the Engine's own bridge network, to which nodes are connected. */
async function readAddresses({ host }: DockerEngine): Promise<Supply | undefined> {
  const { IPAM, Containers } = BRIDGE.parse(await dockerClient(host).getNetwork("bridge").inspect());
  const subnets = IPAM.Config.flatMap(({ Subnet }) => /^[\d.]+\/(\d+)$/.exec(Subnet)?.[1] ?? []);
  return subnets[0] === undefined
    ? undefined
    : // All but those of the network, the gateway and the broadcast.
      { limit: Math.min(2 ** (32 - Number(subnets[0])) - 3, BRIDGE_PORTS), used: Object.keys(Containers).length };
}
