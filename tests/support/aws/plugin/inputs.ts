import type { CheckFailure, PropertyMap, PropertyValue } from "../../../../airgap/plugins/framework/provider";
import { equalValues, isList, isMap } from "../../../../airgap/plugins/framework/values";

/** Inputs that hold objects: the names that are implemented inside; what holds objects again is listed by its path, e.g. `a.b`. */
export type NestedInputs = Readonly<Record<string, readonly string[]>>;

/** Maps in which one more entry is a difference. */
const WHOLE = ["tags", "volumeTags"];

/** Refuses what is not implemented inside objects and lists of objects, by its path. */
export function refuseNested(inputs: PropertyMap, nested: NestedInputs): CheckFailure[] {
  return Object.entries(nested).flatMap(([path, known]) =>
    membersAt(inputs, path.split(".")).flatMap((member) =>
      Object.entries(member)
        .filter(([name, value]) => value !== null && !known.includes(name))
        .map(([name]) => ({
          property: `${path}.${name}`,
          reason: `the test-only aws plugin does not pass "${path}.${name}" on; inside "${path}" it knows ${known.join(", ")}`,
        })),
    ),
  );
}

/** Refuses a resource that lacks what it needs. */
export function requireInputs(inputs: PropertyMap, names: readonly string[]): CheckFailure[] {
  return names
    .filter((name) => inputs[name] === undefined || inputs[name] === null || inputs[name] === "")
    .map((property) => ({ property, reason: `${property} is required: the test-only aws plugin makes no values up` }));
}

/** Refuses a resource with none, or several, of inputs that stand for one another. */
export function requireOneOf(inputs: PropertyMap, names: readonly string[]): CheckFailure[] {
  const given = names.filter((name) => inputs[name] !== undefined && inputs[name] !== null);
  const reason = `exactly one of ${names.join(", ")} must be given, and ${given.join(", ") || "none"} is`;
  return names.length === 0 || given.length === 1 ? [] : [{ property: names[0] ?? "", reason }];
}

/**
 * Inputs after a refresh: those of the program, with what was found in their place where the two mean something else.
 * Lists have no order here, and a property that the program left out is the API's own business.
 */
export function refreshedInputs(inputs: PropertyMap, found: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      const seen = found[name];
      const kept = seen === undefined || (WHOLE.includes(name) ? equalValues(input, seen) : means(input, seen));
      return [name, kept ? input : seen];
    }),
  );
}

function means(input: PropertyValue, seen: PropertyValue): boolean {
  if (isMap(input) && isMap(seen)) {
    return Object.entries(input).every(([name, value]) => means(value, seen[name] ?? null));
  }
  if (isList(input) && isList(seen)) {
    return input.length === seen.length && input.every((item) => seen.some((other) => means(item, other)));
  }
  return input === seen;
}

function membersAt(value: PropertyValue | undefined, path: readonly string[]): PropertyMap[] {
  const [name, ...rest] = path;
  if (isList(value)) {
    return value.flatMap((item) => membersAt(item, path));
  }
  if (!isMap(value)) {
    return [];
  }
  return name === undefined ? [value] : membersAt(value[name], rest);
}
