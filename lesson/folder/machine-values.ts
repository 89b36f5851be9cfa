import { HOSTNAME } from "../pages/render-step";
import type { Lookup } from "../types";
import { NODE } from "./info";

/** HobbyFarm's marks for what is only known on the machine: `${vminfo:node1:hostname}`. */
const MARK = /\$\{vminfo:([^:}]*):([^:}]*)\}/g;

const HOSTNAME_NAME = HOSTNAME.slice(1, -1);

/** What can be found out on a node, by HobbyFarm's name for it. */
const VALUES: Readonly<Record<string, Lookup>> = {
  [HOSTNAME_NAME]: { how: "the name of your machine", command: "hostname", example: NODE },
  private_ip: {
    how: "your machine's own address, the first that `hostname -I` prints",
    command: "hostname -I | cut -d ' ' -f 1",
    example: "172.17.0.2",
  },
};

/** A value that a page asks for. */
export interface MachineValue {
  readonly mark: string;
  readonly node: string;
  readonly name: string;
}

/** The text with each mark replaced by what `replace` makes of it. */
export function replaceMarks(text: string, replace: (value: MachineValue) => string): string {
  return text.replace(MARK, (mark, node: string, name: string) => replace({ mark, node, name }));
}

/** Whether a command can have this value filled in. */
export function isKnownInCommands(name: string): boolean {
  return Object.hasOwn(VALUES, name);
}

/** The words' mark as the lesson's data has it; undefined for what only commands can have. */
export function inWords({ node, name }: MachineValue): string | undefined {
  return node === NODE && name === HOSTNAME_NAME ? HOSTNAME : undefined;
}

/** A command with names in angle brackets for its marks, and how to find each; `unknown` are those that nothing is known of. */
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
