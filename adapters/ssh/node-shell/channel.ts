import type { Client, ClientChannel } from "ssh2";
import type { RunOptions } from "../../../core/node-shell";
import { shellQuote } from "../../../core/quoting";

/** Wide enough for Docker and Trivy to leave nothing out. */
const TERMINAL = { cols: 200, rows: 50, term: "xterm-256color" } as const;
/** How long a command may take. */
export const DEFAULT_TIMEOUT_SECONDS = 120;
/** Further time on the node, whose own limit only ends commands that are no longer waited for. */
const GRACE_SECONDS = 5;
export const DEFAULT_MAX_OUTPUT_BYTES = 1024 * 1024;
/** Exit code of a command that was stopped by its time limit, as of the program `timeout`. */
export const TIMED_OUT = 124;
/** A command was stopped because it wrote more than is read. No program that a lesson has ends with it. */
export const TOO_MUCH_OUTPUT = 123;

/** The last line of an output that was cut. */
export function cutNotice(maxBytes: number): string {
  return `(stopped: it wrote more than ${formatBytes(maxBytes)}, the rest is left out)`;
}

function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.floor(bytes / 1024)} KB`;
}

/** How a command ended; undefined when the connection was lost before that was known. */
export interface Ending {
  readonly exitCode: number;
}

/** A command that has been started. */
export interface StartedCommand {
  readonly channel: ClientChannel;
  /** Settles when all output has come. */
  readonly ended: Promise<Ending | undefined>;
}

/** Starts a command. Its output waits until it is read. */
export function start(client: Client, command: string, options: RunOptions): Promise<StartedCommand> {
  return new Promise((resolve, reject) => {
    const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
    // Closing the channel ends a program on a terminal, by hanging up. On a pipe it ends only one that writes.
    const [pty, limit] =
      options.output === "terminal"
        ? [{ pty: { ...TERMINAL } }, {}]
        : [{}, { limitSeconds: Math.ceil(timeoutSeconds) + GRACE_SECONDS }];
    client.exec(remoteCommand(command, { ...options, ...limit }), pty, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      // Without delay: a quick command's end comes in the same packet as its beginning.
      resolve({ channel, ended: ending(channel) });
    });
  });
}

function ending(channel: ClientChannel): Promise<Ending | undefined> {
  return new Promise((resolve) => {
    let end: Ending | undefined;
    channel.on("exit", (status: number | null) => {
      // Ended by a signal: bash would say 128 and more; which one does not matter here.
      end = { exitCode: status ?? 128 };
    });
    // A command that reads nothing closes its input early; that is its own affair.
    channel.on("error", () => {});
    channel.once("close", () => resolve(end));
  });
}

/**
 * The text that is sent to the user's shell on the node: folder, environment, then bash with the command. With `limitSeconds`
 * the node ends the command by itself after that time. Terminals last as long as their user likes and have no limit.
 */
export function remoteCommand(
  command: string,
  {
    directory,
    environment = {},
    limitSeconds,
  }: Pick<RunOptions, "directory" | "environment"> & { limitSeconds?: number },
): string {
  const settings = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  const folder = directory === undefined ? [] : [`cd -- ${shellQuote(directory)} || exit 125`];
  const limit = limitSeconds === undefined ? "" : `timeout --kill-after=${GRACE_SECONDS} ${limitSeconds} `;
  return [...folder, ...settings, `exec ${limit}bash -c ${shellQuote(command)}`].join("\n");
}
