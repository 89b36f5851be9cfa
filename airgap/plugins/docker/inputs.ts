import type { CheckFailure, PropertyMap, PropertyValue } from "../framework/provider";
import { isEmpty, objects, text } from "../framework/values";

/** Refuses a resource that lacks an input. The official plugin would generate a name. */
export function requireInputs(inputs: PropertyMap, names: readonly string[]): CheckFailure[] {
  return names
    .filter((name) => isEmpty(inputs[name]))
    .map((property) => ({
      property,
      reason: `${property} is required: the air-gapped docker plugin does not generate names`,
    }));
}

/** Labels as the schema has them, `[{ label, value }]`, to a map. */
export function labelMap(value: PropertyValue | undefined): { [name: string]: string } {
  return Object.fromEntries(objects(value).map((entry) => [text(entry.label) ?? "", text(entry.value) ?? ""]));
}

/** Labels of an Engine answer, to the schema's list; sorted, since a map has no order to keep. */
export function labelList(labels: { readonly [name: string]: string } | null | undefined): PropertyMap[] {
  return Object.entries(labels ?? {})
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([label, value]) => ({ label, value }));
}
