import { z } from "zod";
import { LabError } from "../errors";

/** The part of a resource that `lab` reads, as pulumi's state has it. */
export const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  replacementTrigger: z.unknown().optional(),
  created: z.string().optional(),
});

const stateSchema = z.object({ deployment: z.object({ resources: z.array(resourceSchema).optional() }).nullish() });

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

/** The resources in the text of `pulumi stack export`. Throws for text of another form. */
export function parseState(text: string): StateResource[] {
  const parsed = stateSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new LabError("The state of this stack has a form that this version does not know.", { cause: parsed.error });
  }
  return (parsed.data.deployment?.resources ?? []).map(stateResource);
}

/** A resource as pulumi's state files and its events have it. */
export type RawResource = Readonly<z.infer<typeof resourceSchema>>;

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

/** A secret as `pulumi stack export --show-secrets` writes it: a signature that Pulumi has for all of them, and JSON. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const secretSchema = z.object({ [SIGNATURE]: z.literal(SECRET), plaintext: z.string() });

/** A text from a state, be it secret or not. Throws for what is no text, and for a secret that was not shown. */
export function plainText(value: unknown): string {
  const secret = secretSchema.safeParse(value);
  const text: unknown = secret.success ? JSON.parse(secret.data.plaintext) : value;
  if (typeof text !== "string") {
    throw new Error(
      "a text was expected in the state, and something else, or a secret that is still encrypted, was found",
    );
  }
  return text;
}
