import { createHash } from "node:crypto";

/** Inputs of a machine itself: when they differ, machines are recreated, with or without a bake. */
interface MachineInputs {
  readonly platform: string;
  /** Name of the node image, which holds a hash of its own. */
  readonly nodeImage: string;
  /** User data without the parts that differ between classes: keys, expiry. */
  readonly userData: string;
}

/** Everything that goes into a bake. */
export interface BakeInputs {
  readonly machine: MachineInputs;
  /** The image that the node image is built from, by digest or id. */
  readonly baseImage: string;
  /** lab.lock.json. */
  readonly lock: string;
  /** The lesson's base images, each with its source. */
  readonly baseImages: readonly string[];
  /** Files of the lesson's build contexts: path -> content. */
  readonly contexts: Readonly<Record<string, string>>;
  /** Archives with base images in the folder of artefacts: name -> identity. */
  readonly archives: Readonly<Record<string, string>>;
  /** Scripts that bake a node: path -> content. */
  readonly recipe: Readonly<Record<string, string>>;
}

/** The identity of a bake. */
export interface BakeIdentity {
  /** Hash of all inputs: the bake's name. */
  readonly hash: string;
  /** Hash of the machine's own inputs. */
  readonly machineHash: string;
}

/** The identity of the bake that these inputs make. The same inputs give the same one, in whatever order they were read. */
export function bakeIdentity(inputs: BakeInputs): BakeIdentity {
  return { hash: hashOf(inputs), machineHash: hashOf(inputs.machine) };
}

function hashOf(value: object): string {
  return createHash("sha256").update(JSON.stringify(value, inOrder)).digest("hex").slice(0, 12);
}

/** For `JSON.stringify`: properties by name. */
function inOrder(_key: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}

/** The value of `local.bake` or `aws.bake` for a class that is to have none. */
export const NO_BAKE = "none";

/** What decides whether a bake may be used. */
export interface BakeFacts {
  /** The bake that the class was created from, or is to be: its hash, from the setting `local.bake` or `aws.bake`. */
  readonly wanted: string;
  /** Where bakes are stored, for the message. */
  readonly bakeStore: string;
  /** Hash of the machine's part of that bake; undefined when it does not exist. */
  readonly machineHash: string | undefined;
  /** The bake that the current config and files would give. */
  readonly current: BakeIdentity;
  /** Whether the class already has machines created from it. */
  readonly machines: "exist" | "none";
}

/** "fits", or the reason why not, for a message. */
export type BakeChoice = "fits" | { readonly unfit: string };

/**
 * Whether the machines of a class are created from a bake. New ones never come from a bake that is out of date. A class that
 * runs on one keeps it as long as its machines would be the same: when only the lesson's images have changed, they are
 * rebuilt on the existing machines.
 */
export function chooseBake({ wanted, bakeStore, machineHash, current, machines }: BakeFacts): BakeChoice {
  if (machineHash === undefined) {
    return { unfit: `${bakeStore} has no bake ${wanted}` };
  }
  const fits = machines === "exist" ? machineHash === current.machineHash : wanted === current.hash;
  return fits ? "fits" : { unfit: `the bake ${wanted} is out of date: settings or files have changed since` };
}
