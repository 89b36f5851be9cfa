/** The resources that every node needs a share of. */
export const RESOURCES = [
  "memory",
  "disk",
  "inotify instances",
  "inotify watches",
  "open files",
  "processes",
  "addresses",
] as const;

export type Resource = (typeof RESOURCES)[number];

/** How much of a resource a machine has, and how much of it is used. */
export interface Supply {
  readonly limit: number;
  readonly used: number;
}

/** What the Engine's machine has of each resource; undefined where that cannot be read from here. */
export type HostCapacity = Readonly<Record<Resource, Supply | undefined>>;

/** A machine whose resources cannot be read from here. */
export const UNKNOWN_CAPACITY = Object.fromEntries(RESOURCES.map((resource) => [resource, undefined])) as HostCapacity;

/** Resources per node. */
export type NodeShare = Readonly<Record<Resource, number>>;

/**
 * Peak resources per node: measured by bench/class, see docs/performance.md. Memory is that of a node whose
 * cloud-init runs apt, since all nodes of a class do that together, and `lab`'s own for each seat.
 */
export const NODE_SHARE: NodeShare = {
  memory: 230e6,
  disk: 1.3e9,
  "inotify instances": 6,
  "inotify watches": 30,
  "open files": 190,
  processes: 90,
  addresses: 1,
};

/**
 * The same for a node created from a bake, whose layers it shares. Measured: 10 MB when it is ready, where a plain one has
 * 1.04 GB; both have the same left for what students make.
 */
export const BAKED_NODE_SHARE: NodeShare = { ...NODE_SHARE, disk: 0.27e9 };

/** What `lab` and pulumi need, whatever the number of nodes. */
const OPERATOR_SHARE: Partial<Record<Resource, number>> = { memory: 300e6 };

/** Measured: processor time that one node takes to come up, in seconds. A core has one a second. */
export const NODE_PROCESSOR_SECONDS = 30;

/** How many nodes a machine has capacity for. */
export interface Capacity {
  /** Existing ones, and as many more as fit. */
  readonly nodes: number;
  /** The resource that one more would exceed. */
  readonly boundBy: Resource;
}

/** How many nodes fit, when `existing` are running already; undefined when no resource that decides it can be read. */
export function capacity(host: HostCapacity, existing: number, share = NODE_SHARE): Capacity | undefined {
  const bounds = RESOURCES.flatMap((resource) => {
    const supply = host[resource];
    return supply === undefined ? [] : [{ nodes: existing + moreNodes(resource, supply, share), boundBy: resource }];
  });
  return bounds.sort((one, other) => one.nodes - other.nodes)[0];
}

/** How many more nodes one resource is enough for. */
export function moreNodes(resource: Resource, supply: Supply, share = NODE_SHARE): number {
  return Math.max(0, Math.floor(freeOf(resource, supply) / share[resource]));
}

/** What is free for nodes. */
export function freeOf(resource: Resource, { limit, used }: Supply): number {
  return Math.max(0, limit - used - (OPERATOR_SHARE[resource] ?? 0));
}

/** An amount of a resource with its unit: `1.3 GB of memory`, `7 inotify instances`. */
export function amountOf(resource: Resource, amount: number): string {
  return resource === "memory" || resource === "disk"
    ? `${(amount / 1e9).toFixed(1)} GB of ${resource}`
    : `${amount} ${resource}`;
}

/** What to run, or to do, so that `more` further nodes have enough of a resource. */
export function adviceOnMore(resource: Resource, { used }: Supply, more: number, share = NODE_SHARE): string {
  const needed = used + more * share[resource];
  // Settings are powers of two by convention, and this leaves capacity for a few more seats.
  const rounded = 2 ** Math.ceil(Math.log2(Math.max(needed, 1)));
  const advice: Readonly<Record<Resource, string>> = {
    memory: "Close programs that use memory",
    disk: "Find what uses the disk: docker system df",
    "inotify instances": `sudo sysctl fs.inotify.max_user_instances=${rounded}`,
    "inotify watches": `sudo sysctl fs.inotify.max_user_watches=${rounded}`,
    "open files": `sudo sysctl fs.file-max=${rounded}`,
    processes: `sudo sysctl kernel.pid_max=${rounded} kernel.threads-max=${rounded}`,
    addresses:
      "Give the Engine's bridge a wider network: `bip` in its daemon.json (no bridge has more than 1023 containers)",
  };
  return advice[resource];
}

/** Why `nodes`, of which `existing` are running, do not fit, as a problem of the setting; none when they fit. */
export function capacityProblems(nodes: number, existing: number, host: HostCapacity, share = NODE_SHARE): string[] {
  const most = capacity(host, existing, share);
  const supply = most && host[most.boundBy];
  if (most === undefined || supply === undefined || nodes <= Math.max(existing, most.nodes)) {
    return [];
  }
  const { boundBy } = most;
  const wanted = nodes - existing;
  return [
    `seats: no capacity for ${nodes}: ${wanted} new nodes need ${amountOf(boundBy, wanted * share[boundBy])}, ` +
      `${amountOf(boundBy, freeOf(boundBy, supply))} are free; ${most.nodes} would fit. ` +
      `To increase it: ${adviceOnMore(boundBy, supply, wanted, share)}; to create the class anyway, run ./lab up --force`,
  ];
}
