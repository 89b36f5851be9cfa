import { HOSTNAME } from "../pages/render-step";
import type { Lookup } from "../types";
import { NODE } from "./info";

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
