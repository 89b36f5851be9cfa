import { type PropertyMap, type PropertyValue, UNKNOWN } from "./provider";

/** Array.isArray does not narrow readonly arrays. */
export function isList(value: PropertyValue | undefined): value is readonly PropertyValue[] {
  return Array.isArray(value);
}

/** True for a map of properties, not for a list or null. */
export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !isList(value);
}

/** True for what counts as left out: absent, null and the empty text. */
export function isEmpty(value: PropertyValue | undefined): boolean {
  return value === undefined || value === null || value === "";
}

/** True when the value is, or holds, something not known yet. */
export function containsUnknown(value: PropertyValue | undefined): boolean {
  if (typeof value !== "object" || value === null) {
    return value === UNKNOWN;
  }
  return Object.values(value).some(containsUnknown);
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

/** The map without what is null in it: for the engine, an input that is null was left out. */
export function withoutNulls(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}
