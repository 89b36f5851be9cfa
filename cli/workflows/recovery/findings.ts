import type { Lock } from "../../../adapters/pulumi/stack-lock";
import type { Checkpoint } from "../../../adapters/pulumi/state";
import type { StateCopy } from "./copies";
import type { DockerResource } from "./docker-resources";

/** Why a state is of no use any more. */
export type Loss = "damaged" | "missing" | "other passphrase";

/** A stack's state: good, to be had again from a copy, or lost. */
export type FoundState =
  | { readonly kind: "good"; readonly checkpoint: Checkpoint }
  | { readonly kind: "restorable"; readonly copy: StateCopy; readonly checkpoint: Checkpoint }
  | { readonly kind: "lost"; readonly loss: Loss; readonly checkpoint: Checkpoint };

/** All that an interrupted or damaged stack is judged by. */
export interface Findings {
  readonly stack: string;
  /** Of pulumi processes that were killed. */
  readonly locks: readonly Lock[];
  readonly state: FoundState;
  /** What is on its Docker Engines; nothing for machines elsewhere. */
  readonly things: readonly DockerResource[];
  /** Engines that do not answer: nobody knows what is there. */
  readonly silent: readonly string[];
  /** Resources whose creation was cut off after AWS had made them: id by urn. */
  readonly madeAtAws: ReadonlyMap<string, string>;
  readonly keyFiles: "there" | "missing";
}
