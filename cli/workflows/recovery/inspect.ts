import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type StackFiles, stackFiles } from "../../../adapters/pulumi/environment";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import { type PulumiStack, runPulumi } from "../../../adapters/pulumi/run";
import { readLocks } from "../../../adapters/pulumi/stack-lock";
import { type Checkpoint, exportState, parseExport, parseStateFile } from "../../../adapters/pulumi/state";
import { sshDirectory } from "../../../adapters/ssh/options";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { Engines } from "../prepare/hosts/engines";
import { newestCopy } from "./copies";
import type { Findings, FoundState } from "./descriptions";
import { isAccessFiles } from "./key-files";
import { dockerResources, findMadeAtAws } from "./made-resources";

const EMPTY: Checkpoint = { resources: [], pending: [], salt: undefined };

const LOCKED: FoundState = { kind: "lost", loss: "other passphrase", checkpoint: EMPTY };

/** Whether the secrets of the state are tried, too: it takes a second. */
export type Depth = "state alone" | "secrets too";

/** Looks at all that can be wrong with a stack after something was killed. `engines`: undefined for machines elsewhere. */
export async function inspect(
  opened: OpenedStack,
  engines: Engines | undefined,
  depth: Depth = "state alone",
): Promise<Findings> {
  const { stack } = opened;
  const found = await inspectState(opened);
  const state = depth === "state alone" || (await isReadable(stack, found)) ? found : LOCKED;
  const { locks, things, madeAtAws } = await lookAround(opened, engines, state);
  return {
    stack: stack.name,
    locks,
    state,
    things,
    silent: engines?.silent ?? [],
    madeAtAws,
    keyFiles: inspectKeyFiles(stack, state.checkpoint.resources),
  };
}

async function lookAround(opened: OpenedStack, engines: Engines | undefined, { kind, checkpoint }: FoundState) {
  const answering = engines?.answering ?? [];
  const [{ dead }, things, madeAtAws] = await Promise.all([
    readLocks(opened.stack),
    Promise.all(answering.map((host) => dockerResources(host, opened.stack.name))),
    engines === undefined && kind !== "lost" ? findMadeAtAws(opened, checkpoint) : new Map<string, string>(),
  ]);
  return { locks: dead, things: things.flat(), madeAtAws };
}

async function inspectState({ stack, config }: OpenedStack): Promise<FoundState> {
  const files = stackFiles(stack);
  if (files === undefined) {
    return { kind: "good", checkpoint: await exported(stack) };
  }
  const salt = config.salt();
  if (!existsSync(files.state)) {
    return restorable(files, salt) ?? { kind: "lost", loss: "missing", checkpoint: EMPTY };
  }
  const checkpoint = parseStateFile(readFileSync(files.state, "utf8"));
  return checkpoint === undefined
    ? (restorable(files, salt) ?? { kind: "lost", loss: "damaged", checkpoint: EMPTY })
    : { kind: "good", checkpoint };
}

function restorable(files: StackFiles, salt: unknown): FoundState | undefined {
  const copy = newestCopy(files, salt);
  return copy === undefined ? undefined : { kind: "restorable", copy, checkpoint: copy.checkpoint };
}

/** Whether the passphrase at hand opens the secrets of a good state. */
async function isReadable(stack: PulumiStack, { kind, checkpoint }: FoundState): Promise<boolean> {
  if (kind !== "good" || checkpoint.resources.length === 0) {
    return true;
  }
  const { stderr } = await runPulumi(stack, ["stack", "export", "--show-secrets", "--stack", stack.name]);
  return !/incorrect passphrase/.test(stderr);
}

async function exported(stack: PulumiStack): Promise<Checkpoint> {
  const text = await exportState(stack);
  return (text === undefined ? undefined : parseExport(text)) ?? EMPTY;
}

function inspectKeyFiles({ directory, name }: PulumiStack, resources: readonly StateResource[]): Findings["keyFiles"] {
  const files = ["id_ed25519", "known_hosts"].map((file) => join(directory, sshDirectory(name), file));
  return resources.some(isAccessFiles) && !files.every((file) => existsSync(file)) ? "missing" : "there";
}
