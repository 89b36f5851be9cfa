import type { BakeIdentity } from "../../../core/bake";
import type { CommandContext } from "../../../core/command-context";
import type { PreparedLab } from "../prepare/prepared-lab";

/** A bake that is kept somewhere. */
export interface StoredBake {
  readonly id: string;
  readonly hash: string;
  /** Undefined for what an interrupted bake left. */
  readonly name: string | undefined;
  /** When it was made, in ISO form. */
  readonly made: string;
  readonly bytes: number;
  /** Whether `bytes` is what it takes, or the most that it can. */
  readonly size: "known" | "at most";
  /** Names of the machines that were made from it. */
  readonly usedBy: readonly string[];
  /** Whether it goes when all of them are to go: at AWS others may have theirs in the same account. */
  readonly owner: "this one" | "another";
}

/** The node that is to become a bake. */
export interface BakedNode {
  /** The command, in the stack that the node is made in. */
  readonly bakery: CommandContext;
  readonly lab: PreparedLab;
}

/** Where bakes are kept, and how a node becomes one there: a Docker Engine, or a region of AWS. */
export interface BakeStore {
  /** For people: `this Docker Engine`. */
  readonly name: string;
  /** The bake that today's settings and files make. */
  identity(lab: PreparedLab): Promise<BakeIdentity>;
  /** Every bake that there is, the newest first; half-made ones too. */
  stored(): Promise<StoredBake[]>;
  /** Removes what earlier bakes of the same bakery left half-made. */
  removeHalfMade(bakery: string): Promise<void>;
  /** Takes out of the bakery's node what is its own alone. The node is good for nothing else then. */
  prepareNode(node: BakedNode): Promise<void>;
  /** Makes an image of the prepared node, and gives its id. Nothing is made from it before it has its name. */
  keepNode(node: BakedNode, identity: BakeIdentity, update: (detail: string) => void): Promise<string>;
  /** Gives a finished image its name: from now on it is used. */
  nameBake(id: string, identity: BakeIdentity): Promise<void>;
  remove(bake: StoredBake): Promise<void>;
  /** Cost of keeping a bake, for people; undefined where it is only disk space, which is reported anyway. */
  keepingCost(bake: StoredBake): Promise<string | undefined>;
  /** Removes what a killed bake has left of its node, and Pulumi does not know of. */
  removeOrphans(bakery: string): Promise<void>;
}
