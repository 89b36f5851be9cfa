import * as cloudinit from "@pulumi/cloudinit";
import * as pulumi from "@pulumi/pulumi";
import type { UserDataPart, UserDataValues } from "../cloud-init/user-data";
import type { Access } from "./access";
import type { Machine, MachineArgs, MachineFactory } from "./machines/machine";
import { type NodeCommand, type NodeReach, nodeCommand, onMachine, sshArguments } from "./node-command";
import { readProjectFile } from "./project-files";

/** Time limit for cloud-init on a machine; even a slow mirror needs only a few minutes. */
const CLOUD_INIT_TIMEOUT_SECONDS = 900;

const MOVE_EXPIRY = readProjectFile("cloud-init/files/move-expiry.sh");

/** Inputs of a machine and its gate. */
export interface GatedMachineArgs {
  /** Creates the machine. */
  readonly machines: MachineFactory;
  /** Keys of the class; the machine's name must be among its machines. */
  readonly access: Access;
  /** Its slot, host name and service. */
  readonly machine: Omit<MachineArgs, "userData" | "hostKey">;
  /** User data of the machine. */
  readonly userData: pulumi.Output<UserDataPart[]>;
  /** Script that passes only when the machine is ready. */
  readonly gate: string;
  /** The extended end, sent to the running machine: ISO 8601, UTC. Undefined: none. */
  readonly extension: string | undefined;
}

/** A machine whose gate runs once it answers. */
export interface GatedMachine {
  /** The machine, created by the target. */
  readonly machine: Machine;
  /** How Pulumi reaches it. */
  readonly reach: NodeReach;
  /** Fails if the machine does not become ready. */
  readonly gate: NodeCommand;
}

/** Creates a machine with its user data, moves its end if that was extended, and runs its readiness gate. */
export function createGatedMachine(
  name: string,
  { machines, access, machine: args, userData, gate, extension }: GatedMachineArgs,
  parent: pulumi.ComponentResource,
): GatedMachine {
  const machine = machines.create(
    name,
    {
      ...args,
      userData: compressedUserData(userData, machines, { parent }),
      hostKey: access.hostKey(name).privateKeyOpenssh,
    },
    { parent },
  );
  const reach = reachOf(machine, name, access);
  const run = (suffix: string, stdin: string, environment: Readonly<Record<string, string>>) =>
    nodeCommand(`${name}-${suffix}`, reach, { create: "bash -s", stdin, environment }, onMachine(machine, { parent }));
  if (extension !== undefined) {
    // Changed user data would replace the machine.
    run("extension", MOVE_EXPIRY, { LAB_END: extension });
  }
  return { machine, reach, gate: run("ready", gate, { LAB_GATE_TIMEOUT_SECONDS: String(CLOUD_INIT_TIMEOUT_SECONDS) }) };
}

/** The keys in a machine's user data. The private half of its host key only if the target delivers it that way. */
export function userDataKeys(
  name: string,
  { hostKeyBy }: MachineFactory,
  access: Access,
): pulumi.Output<Pick<UserDataValues, "authorizedKeys" | "hostKey">> {
  const { privateKeyOpenssh: privateKey, publicKeyOpenssh: publicKey } = access.hostKey(name);
  return pulumi.output({
    authorizedKeys: [access.clientKey.publicKeyOpenssh],
    hostKey: hostKeyBy === "user-data" ? { privateKey, publicKey } : { publicKey },
  });
}

/**
 * User data, compressed and in base64. Rendered by a function, because a resource would store the text three more times in
 * the state, which is written at every step. Secret only if it contains the host key: secrets cost the engine memory
 * (docs/adr/0017).
 */
function compressedUserData(
  parts: pulumi.Output<UserDataPart[]>,
  { hostKeyBy }: MachineFactory,
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> {
  const { rendered } = cloudinit.getConfigOutput({ gzip: true, base64Encode: true, parts }, opts);
  return hostKeyBy === "user-data" ? pulumi.secret(rendered) : rendered;
}

function reachOf({ ssh, through }: Machine, name: string, access: Access): NodeReach {
  return {
    through,
    connection: {
      host: ssh.host,
      port: ssh.port,
      user: ssh.user,
      privateKey: access.clientKey.privateKeyOpenssh,
      hostKey: access.hostKey(name).publicKeyOpenssh,
      dialErrorLimit: 60,
      perDialTimeout: 5,
    },
    sshArguments: pulumi.all([ssh, access.files.id]).apply(([known]) => sshArguments(name, known)),
  };
}
