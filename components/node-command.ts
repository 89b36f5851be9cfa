import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { inputPath } from "./project-files";

const SSH_SCRIPT = "components/files/ssh-when-it-answers.sh";

/** A command on a node. */
export type NodeCommand = command.remote.Command | command.local.Command;

/** How Pulumi reaches a node. */
export interface NodeReach {
  /** Docker host that the connection goes through; undefined if the node can be reached directly. */
  readonly through: string | undefined;
  /** The private key in it is secret. */
  readonly connection: command.types.input.remote.ConnectionArgs;
  /** Arguments of `ssh` for the node. */
  readonly sshArguments: pulumi.Output<string[]>;
}

/** What to run. */
export interface NodeCommandArgs {
  /** Shell command. */
  readonly create: string;
  /** Standard input of the command; may be secret. */
  readonly stdin: pulumi.Input<string>;
  /** Names begin with LAB_: a node's sshd accepts no others. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Creates a command on a node. Through a server, the system's ssh runs it: the proxy of `remote.Command` needs the operator's
 * private key, which would end up in the state.
 */
export function nodeCommand(
  name: string,
  { through, connection, sshArguments }: NodeReach,
  args: NodeCommandArgs,
  opts: pulumi.CustomResourceOptions,
): NodeCommand {
  if (through === undefined) {
    return new command.remote.Command(name, { connection, ...args }, opts);
  }
  // The previous run's output is not needed.
  const more = { addPreviousOutputInEnv: false };
  return new command.local.Command(
    name,
    { interpreter: sshArguments.apply((ssh) => ["bash", inputPath(SSH_SCRIPT), ...ssh]), ...args, ...more },
    opts,
  );
}
