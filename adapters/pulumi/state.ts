import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { parseState, resourceSchema, type StateResource, stateResource } from "../../core/class-state/state-resource";
import { stackFiles } from "./environment";
import { explainFailure } from "./explain";
import { type PulumiStack, runPulumi } from "./run";

const resource = resourceSchema.transform(stateResource);

const snapshotSchema = z
  .object({
    secrets_providers: z.object({ state: z.object({ salt: z.string().optional() }).optional() }).optional(),
    resources: z.array(resource).optional(),
    pending_operations: z.array(z.object({ type: z.string(), resource })).optional(),
  })
  .nullish()
  .transform(
    (snapshot): Checkpoint => ({
      resources: snapshot?.resources ?? [],
      pending: snapshot?.pending_operations ?? [],
      salt: snapshot?.secrets_providers?.state?.salt,
    }),
  );

const fileSchema = z.object({ version: z.number(), checkpoint: z.object({ latest: snapshotSchema }) });
const exportSchema = z.object({ version: z.number(), deployment: snapshotSchema });

/** What pulumi was about to do with a resource when it was cut off. */
export interface PendingOperation {
  /** As pulumi says it: creating, updating, deleting, reading, importing. */
  readonly type: string;
  readonly resource: StateResource;
}

/** A stack's state, as far as it matters when it is repaired. */
export interface Checkpoint {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
  /** Shows whether a passphrase fits its secrets. */
  readonly salt: string | undefined;
}

/** The state in the text of a backend's file; undefined when the text is none: cut off, empty, overwritten. */
export function parseStateFile(text: string): Checkpoint | undefined {
  return parseText(fileSchema, text)?.checkpoint.latest;
}

/** The same for the text of `pulumi stack export`. */
export function parseExport(text: string): Checkpoint | undefined {
  return parseText(exportSchema, text)?.deployment;
}

function parseText<Output>(schema: z.ZodType<Output>, text: string): Output | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * All resources of a stack. A stack that was never made has none. Out of our own state folder they are read without
 * pulumi, which takes a third of a second to say the same; what is not whole there is for pulumi to report.
 */
export async function readState(stack: PulumiStack): Promise<readonly StateResource[]> {
  return readOwnState(stack) ?? (await readExport(stack));
}

/** The same where no pulumi is needed for it; undefined where only pulumi knows. */
export function readOwnState(stack: PulumiStack): readonly StateResource[] | undefined {
  const file = stackFiles(stack)?.state;
  const state = file !== undefined && existsSync(file) ? parseStateFile(readFileSync(file, "utf8")) : undefined;
  return state?.resources;
}

/** All resources of a stack with their secrets in plain text, as `plainText` reads them. Never to be shown or kept as a whole. */
export function readStateWithSecrets(stack: PulumiStack): Promise<StateResource[]> {
  return readExport(stack, ["--show-secrets"]);
}

async function readExport(stack: PulumiStack, flags: readonly string[] = []): Promise<StateResource[]> {
  const text = await exportState(stack, flags);
  return text === undefined ? [] : parseState(text);
}

/** What `pulumi stack export` prints; undefined for a stack that was never made. Throws when pulumi fails. */
export async function exportState(stack: PulumiStack, flags: readonly string[] = []): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await runPulumi(stack, ["stack", "export", "--stack", stack.name, ...flags]);
  if (exitCode === 0) {
    return stdout;
  }
  if (/no stack named/.test(stderr)) {
    return undefined;
  }
  throw explainFailure(stderr, stack.name);
}
