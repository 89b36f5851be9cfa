import type { PendingOperation } from "../../../adapters/pulumi/state";
import type { Findings, FoundState } from "./descriptions";
import * as words from "./descriptions";
import { type DockerResource, unknownTo } from "./made-resources";

/** One thing that is done to repair a stack. */
export type RepairAction =
  | { readonly kind: "clear locks" }
  | { readonly kind: "restore state"; readonly copy: string }
  | { readonly kind: "remove"; readonly thing: DockerResource }
  | { readonly kind: "give up state" }
  | { readonly kind: "forget"; readonly urn: string }
  | { readonly kind: "import"; readonly urn: string; readonly id: string }
  | { readonly kind: "refresh"; readonly urn: string }
  | { readonly kind: "write key files" };

/** What was found, what is done about it, in words, and whether that needs somebody's consent: something could be lost. */
export interface Repair {
  readonly found: string;
  readonly does: string;
  readonly consent: "needless" | "needed";
  readonly deed: RepairAction;
}

/** Types of resources that are on a Docker Engine of the class: on a silent one nobody sees whether they were made. */
const ON_AN_ENGINE: readonly string[] = ["docker:index/container:Container", "docker:index/volume:Volume"];

/** `all` looks for things that no state knows, too, where they stand in nobody's way. */
export type Scope = "what hinders" | "all";

/** What there is to repair, in the order in which it is done. */
export function planRepairs(findings: Findings, scope: Scope): Repair[] {
  const { state, things, locks, keyFiles } = findings;
  const strangers = unknownTo(state.checkpoint.resources, things);
  const pending = state.checkpoint.pending.map((operation) => planOperation(operation, strangers, findings));
  const halfMade = pending.flat().flatMap(({ deed }) => (deed.kind === "remove" ? [deed.thing.id] : []));
  const rest = scope === "all" || state.kind !== "good" ? strangers.filter(({ id }) => !halfMade.includes(id)) : [];
  return [
    ...(locks.length === 0 ? [] : [safe({ kind: "clear locks" }, words.deadLocks(locks))]),
    ...planRestoring(state),
    ...pending.flat(),
    ...rest.map((thing) => asked({ kind: "remove", thing }, words.stranger(thing, state))),
    ...(isLost(state, things) ? [asked({ kind: "give up state" }, words.lostState(findings.stack, state.loss))] : []),
    ...(keyFiles === "there" ? [] : [safe({ kind: "write key files" }, words.keyFiles(findings.stack))]),
  ];
}

/** A state that is missing, with nothing it could tell of, is that of a lab that was never made. */
function isLost(state: FoundState, things: readonly DockerResource[]): state is FoundState & { kind: "lost" } {
  return state.kind === "lost" && (state.loss !== "missing" || things.length > 0);
}

function planRestoring(state: FoundState): Repair[] {
  return state.kind === "restorable"
    ? [safe({ kind: "restore state", copy: state.copy.file }, words.restorableState(state.copy))]
    : [];
}

function planOperation(
  operation: PendingOperation,
  strangers: readonly DockerResource[],
  findings: Findings,
): Repair[] {
  const { type, resource } = operation;
  const { urn } = resource;
  if (type !== "creating") {
    return [safe({ kind: "refresh", urn }, words.cutOff(operation, isThere(operation, findings)))];
  }
  const id = findings.madeAtAws.get(urn);
  if (id !== undefined) {
    return [safe({ kind: "import", urn, id }, words.madeAtAws(operation, id))];
  }
  const thing = strangers.find(({ name }) => name === resource.inputs["name"]);
  if (thing === undefined && findings.silent.length > 0 && ON_AN_ENGINE.includes(resource.type)) {
    // It may be there, half made. The operation is what tells of it once the Engine answers.
    return [];
  }
  if (thing === undefined) {
    return [safe({ kind: "forget", urn }, words.notMade(operation))];
  }
  // Never ready, hence nobody's: unless the state is an older one, and tells of a time before that.
  const judge = isOlder(findings.state) ? asked : safe;
  return [
    judge({ kind: "remove", thing }, words.halfMade(operation, thing)),
    safe({ kind: "forget", urn }, words.notMade(operation)),
  ];
}

/** A copy from before the last steps. */
function isOlder(state: FoundState): boolean {
  return state.kind === "restorable" && state.copy.age === "an update old";
}

function isThere({ resource: { id } }: PendingOperation, { things }: Findings): boolean {
  return things.some((thing) => thing.id === id);
}

function safe(deed: RepairAction, said: words.RepairDescription): Repair {
  return { ...said, consent: "needless", deed };
}

function asked(deed: RepairAction, said: words.RepairDescription): Repair {
  return { ...said, consent: "needed", deed };
}
