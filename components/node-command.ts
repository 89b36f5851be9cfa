import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { sshOptions } from "../adapters/ssh/options";
import type { SshEndpoint } from "../core/machine";
import type { Machine } from "./machines/machine";
import { inputPath } from "./project-files";

const SSH_SCRIPT = "components/files/ssh-when-it-answers.sh";

/**
 * Time limit for creating one resource on a node. A base image needs many minutes on a slow connection; without a limit,
 * Pulumi waits forever for an unresponsive Docker Engine.
 */
const NODE_TIMEOUT = "30m";

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

/** Arguments of `ssh` for a node: options, then its address. */
export function sshArguments(node: string, { user, host, port, through }: SshEndpoint): string[] {
  return [...sshOptions(pulumi.getStack(), node, through), "-p", String(port), `${user}@${host}`];
}

/**
 * Options of every resource on a machine: it is deleted with its machine, without connecting to it, and created again on a
 * new machine, which its inputs alone would not cause.
 */
export function onMachine(machine: Machine, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions(
    {
      deletedWith: machine.resource,
      replacementTrigger: machine.id,
      customTimeouts: { create: NODE_TIMEOUT, update: NODE_TIMEOUT },
    },
    opts,
  );
}
