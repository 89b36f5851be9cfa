import { type CheckFailure, type PropertyMap, type PropertyValue, UNKNOWN } from "./provider";
import { isList, isMap } from "./values";

/** Where inputs are given: a resource type, a function or a whole provider, as the user knows it. */
export interface Implemented {
  /** E.g. `docker:index/container:Container`. */
  readonly subject: string;
  readonly inputs: readonly string[];
  /** Where the inputs are inside another one, e.g. `parts[0]`. */
  readonly path?: string;
}

/** One failure per input that we do not implement: refused by name, never ignored in silence. */
export function refuseUnknownInputs(given: PropertyMap, { subject, inputs, path }: Implemented): CheckFailure[] {
  const known = inputs.length === 0 ? "no inputs at all" : `only ${[...inputs].sort().join(", ")}`;
  return unknownNames(given, inputs).map((name) => ({
    property: path === undefined ? name : `${path}.${name}`,
    reason: `the air-gapped plugin does not implement the input "${name}" of ${subject}; it implements ${known}. Remove the input, or use the official plugin.`,
  }));
}

/** For inputs that hold objects: the names that are implemented inside. */
export type NestedInputs = { readonly [input: string]: readonly string[] };

/**
 * Refuses what a plugin does not implement inside objects and lists of objects, by its path, e.g. `uploads[0].source`.
 * `plugin`: its name, e.g. `docker`.
 */
export function refuseNested(plugin: string, inputs: PropertyMap, nested: NestedInputs): CheckFailure[] {
  return Object.entries(nested).flatMap(([input, known]) =>
    objectsIn(input, inputs[input]).flatMap(({ path, given }) =>
      unknownNames(given, known).map((name) => ({
        property: `${path}.${name}`,
        reason:
          `the air-gapped ${plugin} plugin does not implement "${path}.${name}"; inside "${input}" it implements only ` +
          `${[...known].sort().join(", ")}. Remove it, or use the official plugin.`,
      })),
    ),
  );
}

/** Refuses a value that is not an allowed one. Null is an input that is missing. */
export function refuseUnlisted(property: string, value: PropertyValue, allowed: readonly string[]): CheckFailure[] {
  if (value === UNKNOWN || allowed.some((name) => name === value)) {
    return [];
  }
  const given = value === null ? "missing" : JSON.stringify(value);
  return [{ property, reason: `${property} is ${given}; it must be one of ${allowed.join(", ")}` }];
}

function unknownNames(given: PropertyMap, known: readonly string[]): string[] {
  return Object.keys(given).filter((name) => given[name] !== null && !known.includes(name));
}

function objectsIn(input: string, value: PropertyValue | undefined): { path: string; given: PropertyMap }[] {
  if (isList(value)) {
    return value.flatMap((given, index) => (isMap(given) ? [{ path: `${input}[${index}]`, given }] : []));
  }
  return isMap(value) ? [{ path: input, given: value }] : [];
}
