import { z } from "zod";
import { resourceSchema, type StateResource, stateResource } from "../../core/class-state/state-resource";

const snapshotSchema = z.object({
  secrets_providers: z.object({ state: z.object({ salt: z.string().optional() }).optional() }).optional(),
  resources: z.array(resourceSchema).optional(),
  pending_operations: z.array(z.object({ type: z.string(), resource: resourceSchema })).optional(),
});

const fileSchema = z.object({ version: z.number(), checkpoint: z.object({ latest: snapshotSchema.nullish() }) });
const exportSchema = z.object({ version: z.number(), deployment: snapshotSchema.nullish() });

/** What pulumi was about to do with a resource when it was cut off. */
export interface PendingOperation {
  /** As pulumi says it: creating, updating, deleting, reading, importing. */
  readonly type: string;
  readonly resource: StateResource;
}

/** A stack's state, as far as it matters when it is mended. */
export interface Checkpoint {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
  /** What tells whether a passphrase fits its secrets. */
  readonly salt: string | undefined;
}

/** The state in the text of a backend's file; undefined when the text is none: cut off, empty, overwritten. */
export function parseStateFile(text: string): Checkpoint | undefined {
  const parsed = fileSchema.safeParse(jsonIn(text));
  return parsed.success ? checkpointOf(parsed.data.checkpoint.latest) : undefined;
}

/** The same for the text of `pulumi stack export`. */
export function parseExport(text: string): Checkpoint | undefined {
  const parsed = exportSchema.safeParse(jsonIn(text));
  return parsed.success ? checkpointOf(parsed.data.deployment) : undefined;
}

function checkpointOf(snapshot: z.infer<typeof snapshotSchema> | null | undefined): Checkpoint {
  return {
    resources: (snapshot?.resources ?? []).map(stateResource),
    pending: (snapshot?.pending_operations ?? []).map(({ type, resource }) => ({
      type,
      resource: stateResource(resource),
    })),
    salt: snapshot?.secrets_providers?.state?.salt,
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
