import { HOSTNAME } from "../pages/render-step";
import type { Lookup } from "../types";

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

/** HobbyFarm's placeholders for values of a machine: `${vminfo:node1:hostname}`. */
const MARK = /\$\{vminfo:([^:}]*):([^:}]*)\}/g;

const HOSTNAME_NAME = HOSTNAME.slice(1, -1);

/** Lookups for values of a node, by HobbyFarm's name. */
const VALUES: Readonly<Record<string, Lookup>> = {
  [HOSTNAME_NAME]: { how: "the name of your machine", command: "hostname", example: NODE },
  private_ip: {
    how: "your machine's own address, the first that `hostname -I` prints",
    command: "hostname -I | cut -d ' ' -f 1",
    example: "172.17.0.2",
  },
};

/** A placeholder in a page. */
export interface MachineValue {
  readonly mark: string;
  readonly node: string;
  readonly name: string;
}

/** Replaces each placeholder in a text. */
export function replaceMarks(text: string, replace: (value: MachineValue) => string): string {
  return text.replace(MARK, (mark, node: string, name: string) => replace({ mark, node, name }));
}

/** Whether this value can be filled in in a command. */
export function isKnownInCommands(name: string): boolean {
  return Object.hasOwn(VALUES, name);
}

/** The placeholder for running text; undefined for values that only commands can use. */
export function inText({ node, name }: MachineValue): string | undefined {
  return node === NODE && name === HOSTNAME_NAME ? HOSTNAME : undefined;
}

/** A command with its placeholders replaced by names in angle brackets, and their lookups; `unknown`: unknown placeholders. */
export function withLookups(command: string): {
  readonly command: string;
  readonly lookups: Readonly<Record<string, Lookup>>;
  readonly unknown: readonly string[];
} {
  const lookups: Record<string, Lookup> = {};
  const unknown: string[] = [];
  const filled = replaceMarks(command, ({ mark, node, name }) => {
    const lookup = node === NODE && isKnownInCommands(name) ? VALUES[name] : undefined;
    if (lookup === undefined) {
      unknown.push(mark);
      return mark;
    }
    lookups[name] = lookup;
    return `<${name}>`;
  });
  return { command: filled, lookups, unknown };
}
