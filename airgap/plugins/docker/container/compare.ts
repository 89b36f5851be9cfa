import type { Difference, PropertyMap, PropertyValue } from "../../framework/provider";
import { containsUnknown, isList, isMap, objects } from "../../framework/values";
import { CONTAINER_INPUTS, type InputRule, UNFINISHED } from "./schema";

/**
 * What the program's inputs would change on the container in the state, by the official rules: nearly everything
 * makes a new container, and the old one goes first, since both have the same name and ports.
 */
export function diffContainer(state: PropertyMap, inputs: PropertyMap): Difference {
  if (state[UNFINISHED] !== undefined) {
    return { changed: ["start"], replaces: ["start"], deleteBeforeReplace: true };
  }
  const changed = changedInputs(state, inputs);
  const replaces = changed.filter((name) => CONTAINER_INPUTS[name]?.change === "replace");
  return { changed, replaces, deleteBeforeReplace: replaces.length > 0 };
}

/** Names of the inputs that mean something else than what the state has. */
export function changedInputs(state: PropertyMap, inputs: PropertyMap): string[] {
  return Object.entries(CONTAINER_INPUTS)
    .filter(([name, rule]) => !sameValue(name, rule, state[name], inputs[name]))
    .map(([name]) => name);
}

/** True when the state's value of an input means what the program asks for. */
export function sameValue(
  name: string,
  rule: InputRule,
  state: PropertyValue | undefined,
  input: PropertyValue | undefined,
): boolean {
  if (containsUnknown(input)) {
    return false;
  }
  const wanted = spell(name, rule, input);
  if (wanted === undefined && rule.computed === true) {
    return true;
  }
  const found = spell(name, rule, state);
  return name === "ports" ? samePorts(found, wanted) : JSON.stringify(found) === JSON.stringify(wanted);
}

/** The value in the one spelling that is compared. */
function spell(name: string, rule: InputRule, value: PropertyValue | undefined): PropertyValue | undefined {
  const given = value ?? rule.default ?? null;
  switch (name) {
    case "tmpfs":
      // Here an empty text means something: "mount it, with the usual options".
      return isMap(given) && Object.keys(given).length > 0 ? sortKeys(given) : undefined;
    case "capabilities":
      return normalize(isMap(given) ? { adds: sorted(given.adds), drops: sorted(given.drops) } : null);
    case "ports":
      return normalize(isList(given) ? given.map(withPortDefaults) : null);
    default:
      return normalize(rule.set === true ? sorted(given) : given);
  }
}

/** Nothing, empty, zero and false are one thing to the official provider, at any depth; keys have no order. */
function normalize(value: PropertyValue): PropertyValue | undefined {
  if (isList(value)) {
    const items = value.flatMap((item) => normalize(item) ?? []);
    return items.length === 0 ? undefined : items;
  }
  if (isMap(value)) {
    const entries = Object.entries(value).flatMap(([key, item]) => {
      const normal = normalize(item);
      return normal === undefined ? [] : [[key, normal] as const];
    });
    return entries.length === 0 ? undefined : sortKeys(Object.fromEntries(entries));
  }
  return value === null || value === "" || value === 0 || value === false ? undefined : value;
}

function sortKeys(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function sorted(value: PropertyValue | undefined): PropertyValue {
  const key = (item: PropertyValue) => JSON.stringify(normalize(item) ?? null);
  return isList(value) ? [...value].sort((left, right) => (key(left) < key(right) ? -1 : 1)) : (value ?? null);
}

function withPortDefaults(port: PropertyValue): PropertyValue {
  return isMap(port) ? { ...port, ip: port.ip || "0.0.0.0", protocol: port.protocol || "tcp" } : port;
}

/** A port without `external` is content with any. */
function samePorts(found: PropertyValue | undefined, wanted: PropertyValue | undefined): boolean {
  const left = objects(found);
  for (const port of objects(wanted)) {
    const index = left.findIndex((bound) => Object.entries(port).every(([key, value]) => bound[key] === value));
    if (index < 0) {
      return false;
    }
    left.splice(index, 1);
  }
  // Newer Engines bind a port on all addresses twice, for IPv4 and for IPv6.
  return left.every(({ ip }) => ip === "::");
}
