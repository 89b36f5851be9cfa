import { isList, isMap } from "../framework/properties";
import type { PropertyMap, PropertyValue } from "../framework/provider";

/** The value when it is a string, else undefined: absent, null and not known yet are one thing to the callers. */
export function text(value: PropertyValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The value when it is a number. */
export function integer(value: PropertyValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The value when it is a boolean. */
export function truth(value: PropertyValue | undefined): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** The strings of a list; empty when there is none. */
export function texts(value: PropertyValue | undefined): string[] {
  return isList(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The objects of a list; empty when there is none. */
export function objects(value: PropertyValue | undefined): PropertyMap[] {
  return isList(value) ? value.filter(isMap) : [];
}

/** The value when it is an object, else an empty one. */
export function object(value: PropertyValue | undefined): PropertyMap {
  return isMap(value) ? value : {};
}

/** String values of an object, e.g. labels by name. */
export function textMap(value: PropertyValue | undefined): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(object(value)).flatMap(([name, item]) => (typeof item === "string" ? [[name, item]] : [])),
  );
}

/** The map without the entries that have nothing in them. */
export function withoutAbsent<Value>(map: { [name: string]: Value | undefined }): { [name: string]: Value } {
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
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
