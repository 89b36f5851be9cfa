import { isList, isMap } from "./properties";
import type { Difference, PropertyMap, PropertyValue } from "./provider";

/** What `compareInputs` is told about a resource type. */
export interface ComparisonRules {
  /** Inputs (top level) that cannot be changed in place. */
  readonly replaceOnChanges: readonly string[];
  /** Inputs (top level) whose changes mean nothing, e.g. since they steer only how the next call is made. */
  readonly ignore?: readonly string[];
}

/** Deep equality of property values. `null` and absent are the same thing to the engine. */
export function equalValues(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  const a: PropertyValue = left ?? null;
  const b: PropertyValue = right ?? null;
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, index) => equalValues(item, b[index]));
  }
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => equalValues(a[name], b[name]));
  }
  return a === b;
}

/** Top-level inputs that differ, and which of them ask for a new resource. */
export function compareInputs(old: PropertyMap, inputs: PropertyMap, rules: ComparisonRules): Difference {
  const names = [...new Set([...Object.keys(old), ...Object.keys(inputs)])];
  const changed = names.filter((name) => !rules.ignore?.includes(name) && !equalValues(old[name], inputs[name]));
  const replaces = changed.filter((name) => rules.replaceOnChanges.includes(name));
  return { changed, replaces, deleteBeforeReplace: false };
}

/** Value at a path such as `build.args.VERSION` or `ports[0].internal`; undefined where there is none. */
export function valueAt(properties: PropertyMap, path: string): PropertyValue | undefined {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
  let value: PropertyValue | undefined = properties;
  for (const step of steps) {
    if (isList(value)) {
      value = value[Number(step)];
    } else {
      value = isMap(value) ? value[step] : undefined;
    }
  }
  return value;
}
