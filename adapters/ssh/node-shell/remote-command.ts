import type { RunOptions } from "../../../core/node-shell";
import { shellQuote } from "../../../core/shell-quote";

/** The text that is sent to the user's shell on the node: folder, environment, then bash with the command. */
export function remoteCommand(command: string, { directory, environment = {} }: RunOptions): string {
  const settings = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  const folder = directory === undefined ? [] : [`cd -- ${shellQuote(directory)} || exit 125`];
  return [...folder, ...settings, `exec bash -c ${shellQuote(command)}`].join("\n");
}
