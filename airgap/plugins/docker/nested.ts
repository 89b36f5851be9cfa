import { isList, isMap } from "../framework/properties";
import type { CheckFailure, PropertyMap, PropertyValue } from "../framework/provider";

/** For inputs that hold objects: the names that are implemented inside. */
export type NestedInputs = { readonly [input: string]: readonly string[] };

/** Refuses what is not implemented inside objects and lists of objects, by its path, e.g. `uploads[0].source`. */
export function refuseNested(inputs: PropertyMap, nested: NestedInputs): CheckFailure[] {
  return Object.entries(nested).flatMap(([input, known]) =>
    members(input, inputs[input]).flatMap(({ path, member }) =>
      Object.entries(member)
        .filter(([name, value]) => value !== null && !known.includes(name))
        .map(([name]) => refusal(`${path}.${name}`, input, known)),
    ),
  );
}

function members(input: string, value: PropertyValue | undefined): { path: string; member: PropertyMap }[] {
  if (isList(value)) {
    return value.flatMap((member, index) => (isMap(member) ? [{ path: `${input}[${index}]`, member }] : []));
  }
  return isMap(value) ? [{ path: input, member: value }] : [];
}

function refusal(path: string, input: string, known: readonly string[]): CheckFailure {
  const reason =
    `the air-gapped docker plugin does not implement "${path}"; inside "${input}" it implements only ` +
    `${[...known].sort().join(", ")}. Remove it, or use the official plugin.`;
  return { property: path, reason };
}
