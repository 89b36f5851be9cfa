import type { PropertyValue } from "../../framework/provider";
import type { NestedInputs } from "../../framework/refusals";

/** How an input of a container behaves; the facts are those of the official schema. */
export interface InputRule {
  /**
   * What a change does: it replaces the container (`replace`), updates the running one (`engine`), or is only saved in the
   * state (`state`). `later`: saved, too, with a warning that it applies once the container is replaced; the official plugin
   * does not warn.
   */
  readonly change: "replace" | "engine" | "state" | "later";
  /** What counts when the program leaves the input out. */
  readonly default?: PropertyValue;
  /** Left out, it is whatever the Engine or the image says, and never differs. */
  readonly computed?: boolean;
  /** Members have no order. */
  readonly set?: true;
}

const REPLACE = { change: "replace" } as const;
const REPLACE_SET = { change: "replace", set: true } as const;
const COMPUTED = { change: "replace", computed: true } as const;
const COMPUTED_SET = { change: "replace", computed: true, set: true } as const;
const ENGINE = { change: "engine" } as const;

/** Every input of `docker:index/container:Container` that is implemented. */
export const CONTAINER_INPUTS: { readonly [name: string]: InputRule } = {
  name: REPLACE,
  image: REPLACE,
  hostname: COMPUTED,
  command: COMPUTED,
  entrypoints: COMPUTED,
  envs: COMPUTED_SET,
  user: COMPUTED,
  workingDir: COMPUTED,
  capabilities: REPLACE,
  securityOpts: COMPUTED_SET,
  cgroupnsMode: COMPUTED,
  privileged: REPLACE,
  mounts: REPLACE_SET,
  volumes: REPLACE_SET,
  uploads: REPLACE_SET,
  ports: REPLACE_SET,
  labels: COMPUTED_SET,
  networkMode: { change: "replace", default: "bridge" },
  networksAdvanced: REPLACE_SET,
  dns: REPLACE_SET,
  hosts: REPLACE_SET,
  ulimits: REPLACE_SET,
  shmSize: COMPUTED,
  stopSignal: COMPUTED,
  stopTimeout: COMPUTED,
  logDriver: COMPUTED,
  // The official schema has no Computed here; yet the Engine fills it from its own configuration (daemon.json).
  logOpts: COMPUTED,
  restart: { change: "engine", default: "no" },
  maxRetryCount: ENGINE,
  memory: ENGINE,
  // Not Computed officially: there, a container with `memory` differs after each refresh, as the Engine sets twice that.
  memorySwap: { change: "engine", computed: true },
  cpuShares: ENGINE,
  tmpfs: { change: "later" },
  init: { change: "later", computed: true },
  rm: { change: "later", default: false },
  start: { change: "later", default: true },
  mustRun: { change: "state", default: true },
  wait: { change: "state", default: false },
  waitTimeout: { change: "state", default: 60 },
  destroyGraceSeconds: { change: "state" },
  removeVolumes: { change: "state", default: true },
};

/** Marks, in the state, a container that was made but not brought up: the next `up` replaces it. */
export const UNFINISHED = "__unfinished";

/** What is implemented inside inputs that hold objects. */
export const NESTED_INPUTS: NestedInputs = {
  capabilities: ["adds", "drops"],
  mounts: ["target", "source", "type", "readOnly"],
  volumes: ["containerPath", "hostPath", "volumeName", "readOnly"],
  uploads: ["file", "content", "contentBase64", "executable", "permissions"],
  ports: ["internal", "external", "ip", "protocol"],
  labels: ["label", "value"],
  networksAdvanced: ["name", "aliases", "ipv4Address", "ipv6Address"],
  hosts: ["host", "ip"],
  ulimits: ["name", "soft", "hard"],
};

/** Defaults by input, as the official outputs have them. */
export function defaultInputs(): { [name: string]: PropertyValue } {
  const entries = Object.entries(CONTAINER_INPUTS);
  return Object.fromEntries(
    entries.flatMap(([name, rule]) => (rule.default === undefined ? [] : [[name, rule.default]])),
  );
}
