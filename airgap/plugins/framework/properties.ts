import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type PropertyMap, type PropertyValue, UNKNOWN } from "./provider";
import { isList } from "./values";

/** How the engine writes "not known yet" on the wire. */
const UNKNOWN_SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Bookkeeping of the engine and of bridged providers; no property of any resource is called so. */
const BOOKKEEPING = new Set(["__internal", "__defaults", "__meta"]);

/** Property map of a protocol message, with the engine's bookkeeping keys left out. */
export function decodeProperties(struct: Struct | undefined): PropertyMap {
  return struct === undefined ? {} : decodeMap(struct.toJavaScript());
}

/** Protocol form of a property map. */
export function encodeProperties(properties: PropertyMap): Struct {
  return Struct.fromJavaScript(encodeMap(properties));
}

/**
 * Provider arguments: every one but a string comes as JSON text (the SDKs serialise them so), hence objects and lists
 * are parsed here. `version` is the engine's, it says which plugin to start.
 */
export function decodeConfiguration(struct: Struct | undefined): PropertyMap {
  const entries = Object.entries(decodeProperties(struct)).filter(([name]) => name !== "version");
  return Object.fromEntries(entries.map(([name, value]) => [name, parseJsonText(value)]));
}

function parseJsonText(value: PropertyValue): PropertyValue {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) {
    return value;
  }
  if (value.includes(UNKNOWN_SENTINEL)) {
    return UNKNOWN;
  }
  try {
    return decodeValue(JSON.parse(value) as JavaScriptValue);
  } catch {
    return value;
  }
}

function decodeMap(map: { [name: string]: JavaScriptValue }): { [name: string]: PropertyValue } {
  const entries = Object.entries(map).filter(([name]) => !BOOKKEEPING.has(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, decodeValue(value)]));
}

function decodeValue(value: JavaScriptValue): PropertyValue {
  if (value === UNKNOWN_SENTINEL) {
    return UNKNOWN;
  }
  if (Array.isArray(value)) {
    return value.map(decodeValue);
  }
  return typeof value === "object" && value !== null ? decodeMap(value as { [name: string]: JavaScriptValue }) : value;
}

function encodeMap(map: PropertyMap): { [name: string]: JavaScriptValue } {
  // An absent optional value may arrive as undefined from spread objects; the protocol has no word for it.
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, encodeValue(value)]));
}

function encodeValue(value: PropertyValue): JavaScriptValue {
  if (value === UNKNOWN) {
    return UNKNOWN_SENTINEL;
  }
  if (isList(value)) {
    return value.map(encodeValue);
  }
  return typeof value === "object" && value !== null ? encodeMap(value) : value;
}
