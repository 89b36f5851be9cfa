import { basename } from "node:path";
import { stackFlag } from "../../../adapters/pulumi/operation";
import type { Lock } from "../../../adapters/pulumi/stack-lock";
import type { Checkpoint, PendingOperation } from "../../../adapters/pulumi/state";
import { serverOf } from "../../../config/hosts";
import type { StateCopy } from "./copies";
import type { DockerResource } from "./made-resources";

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

/** A finding and its remedy, for people. */
export interface RepairDescription {
  readonly found: string;
  readonly does: string;
}

export function deadLocks(locks: readonly Lock[]): RepairDescription {
  const who = locks.map(({ processId, since }) => `process ${processId}, since ${clock(since)}`).join("; ");
  return { found: `pulumi was killed while it worked on the stack (${who})`, does: "its lock is taken away" };
}

export function restorableState({ file, madeAt }: StateCopy): RepairDescription {
  return {
    found: "the state file is damaged",
    does: `the copy that Pulumi made at ${clock(madeAt)} takes its place (${basename(file)})`,
  };
}

const LOSSES: Readonly<Record<Loss, string>> = {
  damaged: "the state file is damaged, and no copy of it can be read",
  missing: "the state file is gone, and so are its copies",
  "other passphrase":
    "the secrets of the state were written with another passphrase; who has that one restores it (.lab/passphrase) and needs no repair",
};

export function lostState(stack: string, loss: Loss): RepairDescription {
  return { found: LOSSES[loss], does: `the lab starts anew, empty; the settings in Pulumi.${stack}.yaml stay` };
}

export function stranger(thing: DockerResource, state: FoundState): RepairDescription {
  const found = `${named(thing)} is there, and ${state.kind === "lost" ? "no state" : "the state does not"} know${state.kind === "lost" ? "s" : ""} it`;
  return { found, does: "it is removed, with all that was done on it" };
}

export function halfMade(operation: PendingOperation, thing: DockerResource): RepairDescription {
  return {
    found: `${wasDoing(operation)}; ${named(thing)} is there, half made`,
    does: "it is removed: nobody can have worked on it",
  };
}

export function notMade(operation: PendingOperation): RepairDescription {
  return { found: wasDoing(operation), does: "that is forgotten: the next ./lab up makes it" };
}

export function madeAtAws(operation: PendingOperation, id: string): RepairDescription {
  return { found: `${wasDoing(operation)}; AWS has it: ${id}`, does: "it is imported into the state" };
}

export function cutOff(operation: PendingOperation, isThere: boolean): RepairDescription {
  const { type } = operation;
  const found = type === "deleting" && isThere ? `${wasDoing(operation)}; it is still there` : wasDoing(operation);
  return { found, does: "it is looked at again (refresh)" };
}

export function keyFiles(stack: string): RepairDescription {
  return {
    found: `the key files of the lab are gone (.lab/${stack}/ssh)`,
    does: "they are written again from the state",
  };
}

/** With its Docker host, where that is another machine. */
export function named({ kind, name, host }: DockerResource): string {
  return `the ${kind} ${name}${serverOf(host) === undefined ? "" : ` on ${host}`}`;
}

/** "pulumi was creating node1 (docker container) when it was cut off" */
function wasDoing({ type, resource }: PendingOperation): string {
  return `pulumi was cut off while ${type} ${resource.name} (${resource.type})`;
}

/** Findings and remedies as a list for people. */
export function list(all: readonly RepairDescription[]): string {
  return all.map(({ found, does }) => `  - ${found}:\n    ${does}`).join("\n");
}

/** What to type when a repair needs consent. */
export function repairHint(stack: string): string {
  return `Look at the plan, and go on with it: ./lab repair${stackFlag(stack)}`;
}

function clock(time: Date): string {
  return time.toLocaleTimeString("en-GB");
}
