import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type StackFiles, stackFiles } from "../../../adapters/pulumi/environment";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import { type PulumiStack, runPulumi } from "../../../adapters/pulumi/run";
import { type Lock, readLocks } from "../../../adapters/pulumi/stack-lock";
import { type Checkpoint, exportState, parseExport, parseStateFile } from "../../../adapters/pulumi/state";
import { sshDirectory } from "../../../adapters/ssh/options";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { Engines } from "../prepare/hosts/docker-engines";
import { type DockerResource, dockerResources, findMadeAtAws } from "./made-resources";

/** Why a state cannot be used. */
export type Loss = "damaged" | "missing" | "other passphrase";

/** A readable copy of a stack's state, made by Pulumi. */
export interface StateCopy {
  readonly file: string;
  readonly madeAt: Date;
  /** What it may lack: the last step, or everything since the last update. */
  readonly age: "a step old" | "an update old";
  readonly checkpoint: Checkpoint;
}

/** A stack's state: good, restorable from a copy, or lost. */
export type FoundState =
  | { readonly kind: "good"; readonly checkpoint: Checkpoint }
  | { readonly kind: "restorable"; readonly copy: StateCopy; readonly checkpoint: Checkpoint }
  | { readonly kind: "lost"; readonly loss: Loss; readonly checkpoint: Checkpoint };

/** Facts about an interrupted or damaged stack. */
export interface Findings {
  readonly stack: string;
  /** Locks of pulumi processes that were killed. */
  readonly locks: readonly Lock[];
  readonly state: FoundState;
  /** The stack's resources on its Docker Engines; none for machines elsewhere. */
  readonly onEngines: readonly DockerResource[];
  /** Engines that do not answer, so that their resources are unknown. */
  readonly silent: readonly string[];
  /** Resources whose creation was cut off after AWS had made them: id by urn. */
  readonly madeAtAws: ReadonlyMap<string, string>;
  readonly keyFiles: "exist" | "missing";
}

const EMPTY: Checkpoint = { resources: [], pending: [], salt: undefined };

/** `all` also decrypts the secrets of the state, which takes a second, and repairs what hinders nothing. */
export type Scope = "what hinders" | "all";

/** Finds everything that can be wrong with a stack after a process was killed. `engines`: undefined for machines elsewhere. */
export async function inspect(
  { stack, config }: OpenedStack,
  engines: Engines | undefined,
  scope: Scope,
): Promise<Findings> {
  const found = await inspectState(stack, config.salt());
  const isReadable = scope === "what hinders" || (await canDecrypt(stack, found));
  const state: FoundState = isReadable ? found : { kind: "lost", loss: "other passphrase", checkpoint: EMPTY };
  const [{ dead }, onEngines, madeAtAws] = await Promise.all([
    readLocks(stack),
    Promise.all((engines?.answering ?? []).map((host) => dockerResources(host, stack.name))),
    engines === undefined && state.kind !== "lost"
      ? findMadeAtAws({ stack, config }, state.checkpoint)
      : new Map<string, string>(),
  ]);
  return {
    stack: stack.name,
    locks: dead,
    state,
    onEngines: onEngines.flat(),
    silent: engines?.silent ?? [],
    madeAtAws,
    keyFiles: inspectKeyFiles(stack, state.checkpoint.resources),
  };
}

async function inspectState(stack: PulumiStack, salt: unknown): Promise<FoundState> {
  const files = stackFiles(stack);
  if (files === undefined) {
    const text = await exportState(stack);
    return { kind: "good", checkpoint: (text === undefined ? undefined : parseExport(text)) ?? EMPTY };
  }
  const isMissing = !existsSync(files.state);
  const checkpoint = isMissing ? undefined : parseStateFile(readFileSync(files.state, "utf8"));
  if (checkpoint !== undefined) {
    return { kind: "good", checkpoint };
  }
  const copy = newestCopy(files, salt);
  return copy === undefined
    ? { kind: "lost", loss: isMissing ? "missing" : "damaged", checkpoint: EMPTY }
    : { kind: "restorable", copy, checkpoint: copy.checkpoint };
}

/**
 * The newest readable copy whose secrets this stack's passphrase decrypts. Pulumi keeps the state before its last step, and
 * the whole state after each update.
 */
export function newestCopy(files: StackFiles, salt: unknown): StateCopy | undefined {
  const candidates = [files.previous, ...stateFilesIn(files.history), ...stateFilesIn(files.backups)]
    .flatMap((file) => {
      // A running pulumi may remove it meanwhile.
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ file, madeAt: stats.mtime }];
    })
    .sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime());
  for (const { file, madeAt } of candidates) {
    const checkpoint = parseStateFile(readFileSync(file, "utf8"));
    if (checkpoint !== undefined && (checkpoint.salt === undefined || checkpoint.salt === salt)) {
      return { file, madeAt, age: file === files.previous ? "a step old" : "an update old", checkpoint };
    }
  }
  return undefined;
}

/** The state files in a folder; none if it is missing or cannot be read. */
function stateFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json") && !name.endsWith(".history.json"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Whether the current passphrase decrypts the secrets of a good state. */
async function canDecrypt(stack: PulumiStack, { kind, checkpoint }: FoundState): Promise<boolean> {
  if (kind !== "good" || checkpoint.resources.length === 0) {
    return true;
  }
  const { stderr } = await runPulumi(stack, ["stack", "export", "--show-secrets", "--stack", stack.name]);
  return !/incorrect passphrase/.test(stderr);
}

function inspectKeyFiles({ directory, name }: PulumiStack, resources: readonly StateResource[]): Findings["keyFiles"] {
  const files = ["id_ed25519", "known_hosts"].map((file) => join(directory, sshDirectory(name), file));
  return resources.some(isAccessFiles) && !files.every((file) => existsSync(file)) ? "missing" : "exist";
}

/** Whether a resource is the command that writes the operator's key files, and has done so. */
export function isAccessFiles({ type, name, id }: StateResource): boolean {
  return type === "command:local:Command" && name.endsWith("-access-files") && id !== undefined;
}
