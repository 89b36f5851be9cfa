import { constants } from "node:os";
import type { Client } from "ssh2";
import type { CallContext } from "../framework/provider";
import { checkConnection, toConnection } from "./connection";
import { dial } from "./dial";
import { refusedVariables } from "./remote-environment";
import { type Ending, execute } from "./remote-exec";
import { type CommandRequest, commandResource } from "./resource";
import { type CommandOutput, commandFailure, TooMuchOutput, Transcript } from "./transcript";

/** `command.remote.Command`. */
export const remoteCommand = commandResource({ inputs: ["connection"], check: checkConnection, run: runRemotely });

/** Runs a command over a connection of its own, and closes that. */
export async function runRemotely(request: CommandRequest, context: CallContext): Promise<CommandOutput> {
  const client = await dial(toConnection(request.inputs), context);
  // A lost connection shows as a command without an end; the event itself must have a listener.
  client.on("error", () => {});
  // Cuts the connection only: as with the official provider, the command itself goes on over there.
  const hangUp = () => client.destroy();
  context.signal.addEventListener("abort", hangUp, { once: true });
  try {
    context.signal.throwIfAborted();
    await checkEnvironment(client, request, context);
    return await converse(client, request, context);
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
  const refused = await refusedVariables(client, { ...request.previousOutput, ...request.environment });
  for (const name of refused) {
    if (name in request.environment) {
      throw new Error(notAccepted(name));
    }
    context.log("warning", notAccepted(name));
  }
}

function notAccepted(name: string): string {
  return (
    `could not set environment variable "${name}": the SSH server does not accept it. Name it under AcceptEnv in the ` +
    `server's sshd_config, or put it before the command: ${name}=value command`
  );
}

async function converse(client: Client, request: CommandRequest, context: CallContext): Promise<CommandOutput> {
  const transcript = new Transcript(request.logging, context.status);
  const environment = { ...request.environment, ...request.previousOutput };
  const ending = await execute(client, { command: request.command, environment }, (channel) => {
    const add = (stream: "stdout" | "stderr") => (bytes: Buffer) => {
      transcript.add(stream, bytes);
      if (transcript.isFull) {
        client.destroy();
      }
    };
    channel.on("data", add("stdout"));
    channel.stderr.on("data", add("stderr"));
    channel.end(request.stdin);
  });
  if (transcript.isFull) {
    throw new TooMuchOutput();
  }
  transcript.end();
  if (ending?.status !== 0) {
    throw commandFailure(failureReason(ending), request.command, transcript);
  }
  return transcript.output();
}

/** In the official provider's words. */
function failureReason(ending: Ending | undefined): string {
  if (ending === undefined) {
    return "the connection was lost: remote command exited without exit status or exit signal";
  }
  if (ending.status !== null) {
    return `Process exited with status ${ending.status}`;
  }
  const name = (ending.signal ?? "").replace(/^SIG/, "");
  const number = Object.entries(constants.signals).find(([known]) => known === `SIG${name}`)?.[1] ?? 0;
  return `Process exited with status ${128 + number} from signal ${name}`;
}
