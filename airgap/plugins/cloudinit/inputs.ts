import { type CheckFailure, type PropertyMap, type PropertyValue, UNKNOWN } from "../framework/provider";
import { refuseUnknownInputs } from "../framework/refusals";
import { isEmpty, isList, isMap, objects, withoutNulls } from "../framework/values";
import type { Configuration, Part } from "./multipart";

/** Inputs of the resource and of the function alike. */
export const INPUTS = ["base64Encode", "boundary", "gzip", "parts"] as const;
const PART_INPUTS = ["content", "contentType", "filename", "mergeType"] as const;

const DEFAULTS: PropertyMap = { gzip: true, base64Encode: true, boundary: "MIMEBOUNDARY" };
const DEFAULT_CONTENT_TYPE = "text/plain";

/** What RFC 2046 allows: 1 to 70 of these, no blank at the end. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/** All that is wrong with the inputs; values that are not known yet are left alone. */
export function checkInputs(inputs: PropertyMap): CheckFailure[] {
  const { gzip, base64Encode, boundary, parts } = withDefaults(inputs);
  const failures: CheckFailure[] = [];
  if (gzip === true && base64Encode === false) {
    const reason =
      "base64Encode is false while gzip is true; gzip makes bytes, so set gzip: false too, or leave base64Encode out";
    failures.push({ property: "base64Encode", reason });
  }
  if (boundary !== UNKNOWN && !(typeof boundary === "string" && BOUNDARY.test(boundary))) {
    const reason = `boundary is ${JSON.stringify(boundary)}; it must be 1 to 70 letters, digits or '()+_,-./:=?`;
    failures.push({ property: "boundary", reason });
  }
  return [...failures, ...(isList(parts) ? parts : []).flatMap((part, index) => checkPart(part, `parts[${index}]`))];
}

/** Inputs with every default filled in. They are known and have been checked. */
export function toConfiguration(inputs: PropertyMap): Configuration {
  const { gzip, base64Encode, boundary, parts } = withDefaults(inputs);
  return {
    gzip: gzip === true,
    base64Encode: base64Encode === true,
    boundary: String(boundary),
    parts: objects(parts).map(toPart),
  };
}

/** The inputs as outputs repeat them: defaults filled in at the top and in each part. */
export function withDefaults(inputs: PropertyMap): PropertyMap {
  const given = withoutNulls(inputs);
  const withContentType = (part: PropertyValue) =>
    isMap(part) ? { contentType: DEFAULT_CONTENT_TYPE, ...withoutNulls(part) } : part;
  return { ...DEFAULTS, ...given, ...(isList(given.parts) ? { parts: given.parts.map(withContentType) } : {}) };
}

function toPart(part: PropertyMap): Part {
  const text = (name: (typeof PART_INPUTS)[number]) => String(part[name] ?? "");
  const contentType = text("contentType") || DEFAULT_CONTENT_TYPE;
  return { content: text("content"), contentType, filename: text("filename"), mergeType: text("mergeType") };
}

function checkPart(part: PropertyValue, path: string): CheckFailure[] {
  if (!isMap(part)) {
    return [];
  }
  const failures = refuseUnknownInputs(part, { subject: "a part of cloudinit.Config", inputs: PART_INPUTS, path });
  if (isEmpty(part["content"])) {
    failures.push({
      property: `${path}.content`,
      reason: `${path} has no content; give the text that the part carries`,
    });
  }
  for (const name of ["contentType", "filename", "mergeType"] as const) {
    // A line end here would start a header of its own.
    if (/[\r\n]/.test(typeof part[name] === "string" ? part[name] : "")) {
      failures.push({ property: `${path}.${name}`, reason: `${path}.${name} holds a line end; it must be one line` });
    }
  }
  return failures;
}
