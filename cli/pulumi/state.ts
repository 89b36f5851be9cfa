import { z } from "zod";
import { LabError } from "../errors";
import { explainFailure } from "./explain";
import { type PulumiStack, runPulumi } from "./run";

/** The part of a stack's state that `lab` reads. */
const stateSchema = z.object({
  deployment: z
    .object({
      resources: z
        .array(
          z.object({
            urn: z.string(),
            type: z.string(),
            id: z.string().optional(),
            inputs: z.record(z.string(), z.unknown()).optional(),
            outputs: z.record(z.string(), z.unknown()).optional(),
            replacementTrigger: z.unknown().optional(),
            created: z.string().optional(),
          }),
        )
        .optional(),
    })
    .nullish(),
});

/** One resource of a stack, as its state has it. Secrets in it are ciphertext. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Of what lives on a machine: the id of the machine that it was made on. Events do not have it. */
  readonly madeOn: string | undefined;
  /** When it was made: ISO 8601. Events do not have it. */
  readonly created?: string;
}

/** All resources of a stack. A stack that was never made has none. */
export function readState(stack: PulumiStack): Promise<StateResource[]> {
  return exportState(stack, []);
}

/** All resources of a stack with their secrets in plain text, as `plainText` reads them. Never to be shown or kept as a whole. */
export function readStateWithSecrets(stack: PulumiStack): Promise<StateResource[]> {
  return exportState(stack, ["--show-secrets"]);
}

async function exportState(stack: PulumiStack, flags: readonly string[]): Promise<StateResource[]> {
  const result = await runPulumi(stack, ["stack", "export", "--stack", stack.name, ...flags]);
  if (result.exitCode !== 0) {
    if (/no stack named/.test(result.stderr)) {
      return [];
    }
    throw explainFailure(result.stderr, stack.name);
  }
  return parseState(result.stdout);
}

/** The resources in the text of `pulumi stack export`. Throws for text of another form. */
export function parseState(text: string): StateResource[] {
  const parsed = stateSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new LabError("The state of this stack has a form that this version does not know.", { cause: parsed.error });
  }
  return (parsed.data.deployment?.resources ?? []).map(stateResource);
}

/** A resource as pulumi's state files and its events have it. */
export interface RawResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string | undefined;
  readonly inputs?: Record<string, unknown> | undefined;
  readonly outputs?: Record<string, unknown> | undefined;
  readonly replacementTrigger?: unknown;
  readonly created?: string | undefined;
}

/** One resource, its name taken out of its urn. */
export function stateResource(raw: RawResource): StateResource {
  return {
    urn: raw.urn,
    type: raw.type,
    name: raw.urn.slice(raw.urn.lastIndexOf("::") + 2),
    id: raw.id,
    inputs: raw.inputs ?? {},
    outputs: raw.outputs ?? {},
    madeOn: typeof raw.replacementTrigger === "string" ? raw.replacementTrigger : undefined,
    ...(raw.created === undefined ? {} : { created: raw.created }),
  };
}
