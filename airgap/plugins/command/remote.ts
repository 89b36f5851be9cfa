import { constants } from "node:os";
import type { Client } from "ssh2";
import type { CallContext } from "../framework/provider";
import { checkConnection, toConnection } from "./connection";
import { dial } from "./dial";
import { type CommandRequest, commandResource } from "./resource";
import { type CommandOutput, Transcript } from "./transcript";

/** `command.remote.Command`. */
export const remoteCommand = commandResource({ inputs: ["connection"], check: checkConnection, run: runRemotely });

/** Runs a command over a connection of its own, and closes that. */
async function runRemotely(request: CommandRequest, context: CallContext): Promise<CommandOutput> {
  const client = await dial(toConnection(request.inputs), context);
  // A lost connection shows as a command without an end; the event itself must have a listener.
  client.on("error", () => {});
  // Cuts the connection only: as with the official provider, the command itself continues on the machine.
  const hangUp = () => client.destroy();
  context.signal.addEventListener("abort", hangUp, { once: true });
  try {
    context.signal.throwIfAborted();
    await checkEnvironment(client, request, context);
    const transcript = new Transcript(request.logging, context.status);
    const environment = { ...request.environment, ...request.previousOutput };
    const ending = await execute(client, { ...request, environment }, transcript);
    return transcript.finish(request.command, failureReason(ending));
  } catch (error) {
    // What a cut connection makes of a call says less than why we cut it.
    context.signal.throwIfAborted();
    throw error;
  } finally {
    context.signal.removeEventListener("abort", hangUp);
    client.end();
  }
}

/** Most servers accept few variables; to run a command without its own would be worse than not to run it. */
async function checkEnvironment(client: Client, request: CommandRequest, context: CallContext): Promise<void> {
  for (const name of await refusedVariables(client, { ...request.previousOutput, ...request.environment })) {
    const message =
      `could not set environment variable "${name}": the SSH server does not accept it. Name it under AcceptEnv in the ` +
      `server's sshd_config, or put it before the command: ${name}=value command`;
    if (name in request.environment) {
      throw new Error(message);
    }
    context.log("warning", message);
  }
}

/**
 * Names of those variables that the server does not pass on to commands. ssh2 sends variables without asking for an
 * answer, so we look: `env` lists what a command gets. A machine without `env` is given the benefit of the doubt.
 */
async function refusedVariables(client: Client, environment: Readonly<Record<string, string>>): Promise<string[]> {
  const wanted = Object.entries(environment);
  if (wanted.length === 0) {
    return [];
  }
  const listing = new Transcript("none", () => {});
  const ending = await execute(client, { command: "env", environment, stdin: "" }, listing);
  return ending?.status === 0 ? missingVariables(`${listing.finish("env", undefined).stdout}\n`, wanted) : [];
}

/** Variables whose exact line is not in the output of `env`; a value may span lines. */
export function missingVariables(listing: string, wanted: readonly (readonly [string, string])[]): string[] {
  const lines = `\n${listing}`;
  return wanted.filter(([name, value]) => !lines.includes(`\n${name}=${value}\n`)).map(([name]) => name);
}

/** How a remote command ended. */
interface Ending {
  /** `null` when a signal ended it. */
  readonly status: number | null;
  readonly signal: string | undefined;
}

/**
 * Runs a command over an open connection. Settles when the command's output is over, with undefined when the connection
 * was lost before its end was known, or had to be cut since the command writes too much.
 */
function execute(
  client: Client,
  { command, environment, stdin }: Pick<CommandRequest, "command" | "environment" | "stdin">,
  transcript: Transcript,
): Promise<Ending | undefined> {
  return new Promise((resolve, reject) => {
    client.once("close", () => resolve(undefined));
    client.exec(command, { env: { ...environment } }, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      // Listened to here and now: a quick command's end comes in the same packet as its beginning.
      let ending: Ending | undefined;
      channel.on("exit", (status: number | null, signal?: string) => {
        ending = { status, signal };
      });
      // A command that reads nothing closes its input early; that is no failure.
      channel.on("error", () => {});
      channel.once("close", () => resolve(ending));
      const add = (stream: "stdout" | "stderr") => (bytes: Buffer) => {
        transcript.add(stream, bytes);
        if (transcript.isFull) {
          client.destroy();
        }
      };
      channel.on("data", add("stdout"));
      channel.stderr.on("data", add("stderr"));
      channel.end(stdin);
    });
  });
}

/** In the official provider's words; undefined for success. */
function failureReason(ending: Ending | undefined): string | undefined {
  if (ending === undefined) {
    return "the connection was lost: remote command exited without exit status or exit signal";
  }
  if (ending.status !== null) {
    return ending.status === 0 ? undefined : `Process exited with status ${ending.status}`;
  }
  const name = (ending.signal ?? "").replace(/^SIG/, "");
  const number = Object.entries(constants.signals).find(([known]) => known === `SIG${name}`)?.[1] ?? 0;
  return `Process exited with status ${128 + number} from signal ${name}`;
}
