import type { CheckFailure, PropertyMap } from "./provider";

/** Where inputs stand: a resource type, a function or a whole provider, as the user knows it. */
export interface Implemented {
  /** E.g. `docker:index/container:Container`. */
  readonly subject: string;
  readonly inputs: readonly string[];
}

/** One failure per input that we do not implement: refused by name, never ignored in silence. */
export function refuseUnknownInputs(inputs: PropertyMap, implemented: Implemented): CheckFailure[] {
  return Object.entries(inputs)
    .filter(([name, value]) => value !== null && !implemented.inputs.includes(name))
    .map(([name]) => ({ property: name, reason: refusal(name, implemented) }));
}

function refusal(name: string, { subject, inputs }: Implemented): string {
  const known = inputs.length === 0 ? "no inputs at all" : `only ${[...inputs].sort().join(", ")}`;
  return `the air-gapped plugin does not implement the input "${name}" of ${subject}; it implements ${known}. Remove the input, or use the official plugin.`;
}
