/** The one machine of a seat, as pages call it. */
export const NODE = "node1";

/** What the words after a fence's backticks ask for. */
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

/** What is wrong with a file's name, or undefined: it has to stay in the folder that the student works in. */
export function pathProblem(path: string): string | undefined {
  if (path.length > 200 || !/^[\w@+.][\w@+./-]*$/.test(path)) {
    return `the file name "${path}" is not one: letters, digits, and . _ - + @ / are, up to 200 of them, not beginning with / or -`;
  }
  const parts = path.split("/");
  return parts.includes("..") || parts.includes(".") || parts.includes("")
    ? `the file name "${path}" leaves the folder, or has an empty part: name a file in the student's folder`
    : undefined;
}
