import type { RunOptions } from "../../../core/node-shell";
import { shellQuote } from "../../../core/shell-quote";

/** How long a command may take. */
export const DEFAULT_TIMEOUT_SECONDS = 120;
/** Seconds that a command may outlive the time that it has here: the node's clock only ends what nobody waits for. */
const GRACE_SECONDS = 5;

/**
 * The text that is sent to the user's shell on the node: folder, environment, then bash with the command. A command that
 * writes to a pipe is also ended on the node when its time is over: closing the channel ends only one that writes. One on a
 * terminal is ended by the hang-up.
 */
export function remoteCommand(command: string, options: RunOptions): string {
  const { directory, environment = {}, output = "pipe", timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const settings = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  const folder = directory === undefined ? [] : [`cd -- ${shellQuote(directory)} || exit 125`];
  const seconds = Math.ceil(timeoutSeconds) + GRACE_SECONDS;
  const limit = output === "pipe" ? `timeout --kill-after=${GRACE_SECONDS} ${seconds} ` : "";
  return [...folder, ...settings, `exec ${limit}bash -c ${shellQuote(command)}`].join("\n");
}
