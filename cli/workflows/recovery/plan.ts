import { basename } from "node:path";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import type { Lock } from "../../../adapters/pulumi/stack-lock";
import type { PendingOperation } from "../../../adapters/pulumi/state";
import { serverOf } from "../../../config/hosts";
import type { Findings, Loss, Scope, StateCopy } from "./inspect";
import { type DockerResource, unknownTo } from "./made-resources";

/** What a repair does to a stack. */
export type RepairAction =
  | { readonly kind: "clear locks" }
  | { readonly kind: "restore state"; readonly copy: string }
  | { readonly kind: "remove"; readonly resource: DockerResource }
  | { readonly kind: "give up state" }
  | { readonly kind: "forget"; readonly urn: string }
  | { readonly kind: "import"; readonly urn: string; readonly id: string }
  | { readonly kind: "refresh"; readonly urn: string }
  | { readonly kind: "write key files" };

/** A finding and its remedy. */
export interface Repair {
  /** Description of the finding. */
  readonly found: string;
  /** Description of the action. */
  readonly does: string;
  /** Whether somebody must agree, since something could be lost. */
  readonly consent: "needless" | "needed";
  readonly action: RepairAction;
}

/** Types of resources on a Docker Engine of the class: whether they were created cannot be seen on one that does not answer. */
const ON_AN_ENGINE: readonly string[] = ["docker:index/container:Container", "docker:index/volume:Volume"];

/** Plans all repairs, in the order in which they are performed. */
export function planRepairs(findings: Findings, scope: Scope): Repair[] {
  const { stack, state, onEngines, locks, keyFiles } = findings;
  const unknown = unknownTo(state.checkpoint.resources, onEngines);
  const pending = state.checkpoint.pending.flatMap((operation) => planOperation(operation, unknown, findings));
  const halfMade = pending.flatMap(({ action }) => (action.kind === "remove" ? [action.resource.id] : []));
  const rest = scope === "all" || state.kind !== "good" ? unknown.filter(({ id }) => !halfMade.includes(id)) : [];
  return [
    ...(locks.length > 0 ? [clearLocks(locks)] : []),
    ...(state.kind === "restorable" ? [restoreState(state.copy)] : []),
    ...pending,
    ...rest.map((resource): Repair => {
      const found = `${named(resource)} exists, but ${state.kind === "lost" ? "no state contains" : "the state does not contain"} it`;
      const action = { kind: "remove", resource } as const;
      return { found, does: "it is removed, with everything on it", consent: "needed", action };
    }),
    // A missing state about which nothing is known is that of a lab that was never created.
    ...(state.kind === "lost" && (state.loss !== "missing" || onEngines.length > 0)
      ? [giveUpState(stack, state.loss)]
      : []),
    ...(keyFiles === "missing" ? [writeKeyFiles(stack)] : []),
  ];
}

function clearLocks(locks: readonly Lock[]): Repair {
  const killed = locks.map(({ processId, since }) => `process ${processId}, since ${clock(since)}`).join("; ");
  const found = `pulumi was killed while it worked on the stack (${killed})`;
  return { found, does: "its lock is removed", consent: "needless", action: { kind: "clear locks" } };
}

function restoreState({ file, madeAt }: StateCopy): Repair {
  return {
    found: "the state file is damaged",
    does: `it is restored from the copy that Pulumi made at ${clock(madeAt)} (${basename(file)})`,
    consent: "needless",
    action: { kind: "restore state", copy: file },
  };
}

const LOSSES: Readonly<Record<Loss, string>> = {
  damaged: "the state file is damaged, and no copy of it can be read",
  missing: "the state file and its copies are missing",
  "other passphrase":
    "the secrets of the state were written with another passphrase; if you have it, put it into .lab/passphrase instead of this repair",
};

function giveUpState(stack: string, loss: Loss): Repair {
  const does = `the lab starts again with an empty state; the settings in Pulumi.${stack}.yaml stay`;
  return { found: LOSSES[loss], does, consent: "needed", action: { kind: "give up state" } };
}

function writeKeyFiles(stack: string): Repair {
  return {
    found: `the key files of the lab are missing (.lab/${stack}/ssh)`,
    does: "they are written again from the state",
    consent: "needless",
    action: { kind: "write key files" },
  };
}

function planOperation(
  { type, resource }: PendingOperation,
  unknown: readonly DockerResource[],
  { state, onEngines, silent, madeAtAws }: Findings,
): Repair[] {
  const { urn } = resource;
  const found = `pulumi was cut off while ${type} ${resource.name} (${resource.type})`;
  const consent = "needless";
  if (type !== "creating") {
    const isLeft = type === "deleting" && onEngines.some(({ id }) => id === resource.id);
    const action = { kind: "refresh", urn } as const;
    return [{ found: isLeft ? `${found}; it still exists` : found, does: "it is refreshed", consent, action }];
  }
  const id = madeAtAws.get(urn);
  if (id !== undefined) {
    const action = { kind: "import", urn, id } as const;
    return [{ found: `${found}; AWS created it: ${id}`, does: "it is imported into the state", consent, action }];
  }
  const halfMade = unknown.find(({ name }) => name === resource.inputs["name"]);
  if (halfMade === undefined && silent.length > 0 && ON_AN_ENGINE.includes(resource.type)) {
    // It may exist, half made. Only the operation shows that, once the Engine answers.
    return [];
  }
  const does = "the operation is dropped: the next ./lab up creates it";
  const forget: Repair = { found, does, consent, action: { kind: "forget", urn } };
  if (halfMade === undefined) {
    return [forget];
  }
  // It was never ready, so nobody worked on it, unless the state is from before the last update.
  const isOlder = state.kind === "restorable" && state.copy.age === "an update old";
  const remove: Repair = {
    found: `${found}; ${named(halfMade)} exists, half made`,
    does: "it is removed: nobody can have worked on it",
    consent: isOlder ? "needed" : "needless",
    action: { kind: "remove", resource: halfMade },
  };
  return [remove, forget];
}

/** Name of a resource, with its Docker host if that is another machine. */
export function named({ kind, name, host }: DockerResource): string {
  return `the ${kind} ${name}${serverOf(host) === undefined ? "" : ` on ${host}`}`;
}

/** Findings and remedies as a list. */
export function renderPlan(plan: readonly Repair[]): string {
  return plan.map(({ found, does }) => `  - ${found}:\n    ${does}`).join("\n");
}

/** The hint for a repair that needs consent. */
export function repairHint(stack: string): string {
  return `Run ./lab repair${stackFlag(stack)} to see the plan and perform it.`;
}

function clock(time: Date): string {
  return time.toLocaleTimeString("en-GB");
}
