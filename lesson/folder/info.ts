/** Name of a seat's only machine in pages. */
export const NODE = "node1";

/** The parsed info string of a fence. */
export type FenceInfo =
  | { readonly kind: "command"; readonly node: string; readonly more: readonly string[] }
  | { readonly kind: "file"; readonly language: string; readonly path: string; readonly node: string }
  | { readonly kind: "malformed"; readonly reason: string }
  | { readonly kind: "other" };

/** Reads HobbyFarm's `ctr:NODE` and `file:LANGUAGE:PATH:NODE`. */
export function parseFenceInfo(info: string): FenceInfo {
  const [kind, ...parts] = info.split(":");
  if (kind === "ctr" && parts.length > 0) {
    const [node = "", ...more] = parts;
    return { kind: "command", node, more };
  }
  if (kind !== "file" || parts.length === 0) {
    return { kind: "other" };
  }
  const [language, path, node] = parts;
  return parts.length === 3 && language !== undefined && path && node
    ? { kind: "file", language, path, node }
    : { kind: "malformed", reason: `"${info}" should be file:LANGUAGE:PATH:${NODE}, e.g. file:js:index.js:${NODE}` };
}

/** The problem with a file name, or undefined. It must stay in the student's folder. */
export function pathProblem(path: string): string | undefined {
  if (path.length > 200 || !/^[\w@+.][\w@+./-]*$/.test(path)) {
    return `the file name "${path}" is invalid: use up to 200 letters, digits and . _ - + @ /, and do not start with / or -`;
  }
  const parts = path.split("/");
  return parts.includes("..") || parts.includes(".") || parts.includes("")
    ? `the file name "${path}" is invalid: it must stay in the student's folder and have no empty parts`
    : undefined;
}
