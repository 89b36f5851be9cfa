/** What every node takes a share of, and runs out of sooner or later. */
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

/** How much of a resource there is, and how much of it is taken. */
export interface Supply {
  readonly limit: number;
  readonly used: number;
}

/** What the Engine's machine has of each resource; undefined where that is not to be seen from here. */
export type Room = Readonly<Record<Resource, Supply | undefined>>;

/** A machine of which nothing is to be seen. */
export const UNSEEN_ROOM: Room = {
  memory: undefined,
  disk: undefined,
  "inotify instances": undefined,
  "inotify watches": undefined,
  "open files": undefined,
  processes: undefined,
  addresses: undefined,
};

/** What one node takes of each resource. */
export type NodeShare = Readonly<Record<Resource, number>>;

/**
 * What one node takes, most of it at once: measured by bench/class, see docs/performance.md. Memory is that of a node whose
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
 * The same for a node made from a bake, whose layers it shares. Measured: 10 MB when it is ready, where a plain one has
 * 1.04 GB; both have the same left for what students make.
 */
export const BAKED_NODE_SHARE: NodeShare = { ...NODE_SHARE, disk: 0.27e9 };

/** What `lab` and pulumi take however many the nodes are. */
const OPERATOR_SHARE: Partial<Record<Resource, number>> = { memory: 300e6 };

/** Measured: processor time that one node takes to come up, in seconds. A core has one a second. */
export const NODE_PROCESSOR_SECONDS = 30;

/** How many nodes a machine carries. */
export interface Capacity {
  /** Those that are there, and as many more as fit. */
  readonly nodes: number;
  /** What there would not be enough of for one more. */
  readonly boundBy: Resource;
}

/** How many nodes fit, when `there` are running already; undefined when nothing that decides it is to be seen. */
export function capacity(room: Room, there: number, share = NODE_SHARE): Capacity | undefined {
  const bounds = RESOURCES.flatMap((resource) => {
    const supply = room[resource];
    return supply === undefined ? [] : [{ nodes: there + moreNodes(resource, supply, share), boundBy: resource }];
  });
  return bounds.reduce<Capacity | undefined>(
    (least, bound) => (least === undefined || bound.nodes < least.nodes ? bound : least),
    undefined,
  );
}

/** How many more nodes one resource is enough for. */
export function moreNodes(resource: Resource, supply: Supply, share = NODE_SHARE): number {
  return Math.max(0, Math.floor(freeOf(resource, supply) / share[resource]));
}

/** What is there for nodes to take. */
export function freeOf(resource: Resource, { limit, used }: Supply): number {
  return Math.max(0, limit - used - (OPERATOR_SHARE[resource] ?? 0));
}

/** An amount of a resource as people say it: `1.3 GB of memory`, `7 inotify instances`. */
export function amountOf(resource: Resource, amount: number): string {
  return resource === "memory" || resource === "disk"
    ? `${(amount / 1e9).toFixed(1)} GB of ${resource}`
    : `${amount} ${resource}`;
}

/** What to type, or to do, so that `more` further nodes have enough of a resource. */
export function adviceOnMore(resource: Resource, { used }: Supply, more: number, share = NODE_SHARE): string {
  const needed = used + more * share[resource];
  // Settings are powers of two by custom, and nobody wants to come back for one more seat.
  const rounded = 2 ** Math.ceil(Math.log2(Math.max(needed, 1)));
  const advice: Readonly<Record<Resource, string>> = {
    memory: "Close what else takes memory",
    disk: "See what takes the disk: docker system df",
    "inotify instances": `sudo sysctl fs.inotify.max_user_instances=${rounded}`,
    "inotify watches": `sudo sysctl fs.inotify.max_user_watches=${rounded}`,
    "open files": `sudo sysctl fs.file-max=${rounded}`,
    processes: `sudo sysctl kernel.pid_max=${rounded} kernel.threads-max=${rounded}`,
    addresses:
      "Give the Engine's bridge a wider network: `bip` in its daemon.json (no bridge has more than 1023 containers)",
  };
  return advice[resource];
}

/** Why `nodes` of which `there` are running do not fit, in the words of the settings; none when they do. */
export function roomProblems(nodes: number, there: number, room: Room, share = NODE_SHARE): string[] {
  const most = capacity(room, there, share);
  const supply = most === undefined ? undefined : room[most.boundBy];
  if (most === undefined || supply === undefined || nodes <= Math.max(there, most.nodes)) {
    return [];
  }
  const { boundBy } = most;
  const wanted = nodes - there;
  return [
    `seats: no room for ${nodes}: ${wanted} new ones take ${amountOf(boundBy, wanted * share[boundBy])}, ` +
      `${amountOf(boundBy, freeOf(boundBy, supply))} are free; ${most.nodes} would fit. What helps: ${adviceOnMore(boundBy, supply, wanted, share)}; or go ahead all the same: ./lab up --force`,
  ];
}
