import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { inputPath } from "./project-files";

const DIALLER = "components/files/ssh-when-it-answers.sh";

/** What runs on a node; `stdout` is what it printed. */
export type NodeCommand = command.remote.Command | command.local.Command;

/** How Pulumi reaches a node. */
export interface NodeReach {
  /** Docker host that it goes through; undefined where the node can be dialled from here. */
  readonly through: string | undefined;
  /** The private key in it is secret. */
  readonly connection: command.types.input.remote.ConnectionArgs;
  /** How `ssh` is told to reach it. */
  readonly sshArguments: pulumi.Output<string[]>;
}

/** What to run. */
export interface NodeCommandArgs {
  /** Shell command. */
  readonly create: string;
  /** Standard input of the command; may be secret. */
  readonly stdin: pulumi.Input<string>;
  /** Names begin with LAB_: a node's sshd takes no others. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A command on a node. Through a server it is the system's ssh that runs it: `remote.Command` has a proxy, too, but wants the
 * operator's own private key for it, which then were in the state.
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
  // What the last run printed is nothing to this one.
  const more = { addPreviousOutputInEnv: false };
  return new command.local.Command(
    name,
    { interpreter: sshArguments.apply((words) => ["bash", inputPath(DIALLER), ...words]), ...args, ...more },
    opts,
  );
}
