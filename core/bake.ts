import { createHash } from "node:crypto";

/** What a machine itself is made from: where it differs, machines are recreated, bake or no bake. */
interface MachineInputs {
  readonly platform: string;
  /** Name of the node image, which holds a hash of its own. */
  readonly nodeImage: string;
  /** User data without what is a class's own: keys, expiry. */
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
  /** Archives with base images in the folder of artefacts: name -> what it is. */
  readonly archives: Readonly<Record<string, string>>;
  /** What makes a bake of a node: path -> content. */
  readonly recipe: Readonly<Record<string, string>>;
}

/** What tells bakes apart. */
export interface BakeIdentity {
  /** Of everything: the bake's name. */
  readonly hash: string;
  /** Of what the machine itself is made from. */
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

/** What speaks for and against a bake. */
export interface BakeFacts {
  /** The bake that the class was made from, or is to be made from: its hash, from the setting `local.bake` or `aws.bake`. */
  readonly wanted: string;
  /** Where it would be, for people. */
  readonly place: string;
  /** Hash of the machine's part of that bake; undefined when there is no such bake. */
  readonly machineHash: string | undefined;
  /** What today's config and files would make. */
  readonly current: BakeIdentity;
  /** Whether machines of the class run on it already. */
  readonly machines: "there" | "none";
}

/** "fits", or why not, for people. */
export type BakeChoice = "fits" | { readonly unfit: string };

/**
 * Whether the machines of a class are to be made from a bake. New ones never come from a bake that is out of date. A class
 * that runs on one keeps it as long as its machines would be the same: when nothing but the lesson's images has changed, they
 * are built anew on the machines that are there.
 */
export function chooseBake({ wanted, place, machineHash, current, machines }: BakeFacts): BakeChoice {
  if (machineHash === undefined) {
    return { unfit: `${place} has no bake ${wanted}` };
  }
  const fits = machines === "there" ? machineHash === current.machineHash : wanted === current.hash;
  return fits ? "fits" : { unfit: `the bake ${wanted} is out of date: settings or files have changed since` };
}
