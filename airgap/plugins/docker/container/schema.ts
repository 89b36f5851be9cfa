import type { PropertyValue } from "../../framework/provider";
import type { NestedInputs } from "../nested";

/** How an input of a container behaves; the facts are those of the official schema. */
export interface InputRule {
  /** A change makes a new container (`replace`), or changes the running one (`update`). */
  readonly change: "replace" | "update";
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
const UPDATE = { change: "update" } as const;

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
  restart: { change: "update", default: "no" },
  maxRetryCount: UPDATE,
  memory: UPDATE,
  // Not Computed officially: there, a container with `memory` differs after each refresh, as the Engine sets twice that.
  memorySwap: { change: "update", computed: true },
  cpuShares: UPDATE,
  tmpfs: UPDATE,
  init: { change: "update", computed: true },
  rm: { change: "update", default: false },
  start: { change: "update", default: true },
  mustRun: { change: "update", default: true },
  wait: { change: "update", default: false },
  waitTimeout: { change: "update", default: 60 },
  destroyGraceSeconds: UPDATE,
  removeVolumes: { change: "update", default: true },
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

/** Updated inputs that a running container cannot take over: official and silent there, said aloud here. */
export const KEPT_UNTIL_REPLACED: readonly string[] = ["tmpfs", "init", "rm", "start"];

/** Defaults by input, as the official outputs have them. */
export function defaultInputs(): { [name: string]: PropertyValue } {
  const entries = Object.entries(CONTAINER_INPUTS);
  return Object.fromEntries(
    entries.flatMap(([name, rule]) => (rule.default === undefined ? [] : [[name, rule.default]])),
  );
}
