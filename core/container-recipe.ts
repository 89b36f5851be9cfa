/** How a container has to be run so that systemd and a Docker Engine of its own work in it, without `--privileged`. */
export interface ContainerRecipe {
  /** Sorted and with their prefix, as the Engine gives them back: anything else reads as drift and replaces the node. */
  readonly capabilities: readonly string[];
  readonly securityOptions: readonly string[];
  /** Path in the container -> mount options. */
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly cgroupNamespace: "host" | "private";
  /** Command of the container instead of the image's. */
  readonly command?: readonly string[];
  readonly bindMounts: readonly { readonly hostPath: string; readonly containerPath: string }[];
}

const COMMON = {
  capabilities: ["CAP_MKNOD", "CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"],
  securityOptions: ["apparmor=unconfined", "seccomp=unconfined"],
  tmpfs: { "/run": "", "/run/lock": "", "/tmp": "" },
};

/** What a recipe depends on. */
interface RecipeEngine {
  readonly cgroupVersion: 1 | 2;
  /** What `userns-remap` does there; undefined where it is off. */
  readonly remapped?: object | undefined;
}

/**
 * The image's first process without its mount: with `userns-remap` the Engine mounts the node's cgroup read-write, and
 * refuses to mount it again. Set for the container, so that nodes on other Engines keep their image.
 */
const START_REMAPPED = ["sh", "-c", "mount() { :; }; . /usr/local/sbin/start-init"];

/** The recipe for a node on this Engine. */
export function containerRecipe({ cgroupVersion, remapped }: RecipeEngine): ContainerRecipe {
  const recipe = CONTAINER_RECIPES[cgroupVersion];
  return remapped === undefined ? recipe : { ...recipe, command: START_REMAPPED };
}

/**
 * A recipe for a machine that runs one confined service and no Docker Engine: systemd has to mount what confines the
 * service, and needs nothing else of what a node has.
 */
export function serviceRecipe(recipe: ContainerRecipe): ContainerRecipe {
  return { ...recipe, capabilities: ["CAP_SYS_ADMIN"], securityOptions: ["apparmor=unconfined"] };
}

/** The recipe for each cgroup version. On v1 nested containers fail in a private namespace; on v2 they need one. */
export const CONTAINER_RECIPES: Readonly<Record<1 | 2, ContainerRecipe>> = {
  1: {
    ...COMMON,
    cgroupNamespace: "host",
    bindMounts: [{ hostPath: "/sys/fs/cgroup", containerPath: "/sys/fs/cgroup" }],
  },
  2: { ...COMMON, cgroupNamespace: "private", bindMounts: [] },
};
