import type { BakeIdentity } from "./identity";

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
