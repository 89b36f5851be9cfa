import type { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { BakeIdentity } from "../../../core/bake";
import type { CommandContext, Reporter } from "../../../core/command-context";
import type { PreparedLab } from "../prepare/prepared-lab";

/** A bake in a store. */
export interface StoredBake {
  readonly id: string;
  readonly hash: string;
  /** Undefined: an interrupted bake left it half-made. */
  readonly name: string | undefined;
  /** When it was made, in ISO form. */
  readonly made: string;
  readonly bytes: number;
  /** Whether `bytes` is its size, or the most that it can be. */
  readonly size: "known" | "at most";
  /** Names of the machines that were made from it. */
  readonly usedBy: readonly string[];
  /** Whether `--remove all` includes it: at AWS others may have theirs in the same account. */
  readonly owner: "this one" | "another";
}

/** The node that is to become a bake. */
export interface BakedNode {
  /** The command, in the stack that the node is made in. */
  readonly bakery: CommandContext;
  readonly lab: PreparedLab;
}

/** Where bakes are stored, and how a node becomes one: a Docker Engine, or a region of AWS. */
export interface BakeStore {
  /** The bake of the current settings and files. */
  identity(lab: PreparedLab): Promise<BakeIdentity>;
  /** All bakes, the newest first; half-made ones too. */
  stored(): Promise<StoredBake[]>;
  /** Removes what earlier bakes of the same bakery left half-made. */
  removeHalfMade(bakery: string): Promise<void>;
  /** Removes from the bakery's node everything that belongs to this node alone. It cannot be used as a node afterwards. */
  prepareNode(node: BakedNode): Promise<void>;
  /** Makes an image of the prepared node, and returns its id. No machine is made from it before it has its name. */
  saveNode(node: BakedNode, identity: BakeIdentity, update: (detail: string) => void): Promise<string>;
  /** Names a finished image, so that it is used. */
  nameBake(id: string, identity: BakeIdentity): Promise<void>;
  remove(bake: StoredBake): Promise<void>;
  /** Cost of storing a bake, as text. Undefined: only disk space. */
  storageCost(bake: StoredBake): Promise<string | undefined>;
  /** Removes what a killed bake left of its node without Pulumi's knowledge. */
  removeOrphans(bakery: string): Promise<void>;
}

/** Saves in a stack's settings that its nodes are made from the bake that fits, if any; reports it, or that the saved one does not. */
export function saveBakeSetting(
  reporter: Reporter,
  config: StackConfig,
  setting: "local.bake" | "aws.bake",
  { saved, fitting }: { saved: string | undefined; fitting: { hash: string; title: string } | undefined },
): void {
  if (fitting !== undefined) {
    if (saved !== fitting.hash) {
      config.write(new Map([[setting, fitting.hash]]));
    }
    reporter.info(`nodes are made from the bake ${fitting.title}`);
  } else if (saved !== undefined) {
    config.forget(setting);
    reporter.warn(
      `the bake ${saved} does not fit any more, so nodes are made without one; run ./lab bake to make one that does`,
    );
  }
}
