import * as pulumi from "@pulumi/pulumi";
import { renderPortalUserData } from "../cloud-init/portal-user-data";
import type { Access } from "./access";
import { machineReach } from "./machine-reach";
import { hostKeyInUserData, machineUserData } from "./machine-user-data";
import type { Machine, MachineFactory } from "./machines/machine";
import { moveExpiry } from "./move-expiry";
import { type NodeCommand, type NodeReach, nodeCommand } from "./node-command";
import { onMachine } from "./on-machine";
import { PORTAL_PLACE, type PortalSpec } from "./portal-spec";
import { readProjectFile } from "./project-files";

const GATE = readProjectFile("cloud-init/files/portal-gate.sh");
const GATE_TIMEOUT_SECONDS = 900;

/** Inputs of the portal's machine. */
export interface PortalNodeArgs extends PortalSpec {
  /** Creates the machine. */
  readonly machines: MachineFactory;
  /** Keys of the class; the machine's name must be its `portal`. */
  readonly access: Access;
}

/** The machine of a class that its portal runs on. It has no Docker and no student, and is not a seat. */
export class PortalNode extends pulumi.ComponentResource {
  /** The machine, created by the target. */
  readonly machine: Machine;

  constructor(name: string, args: PortalNodeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:PortalNode", name, {}, opts);
    const { machines, access, service, extension } = args;
    this.machine = machines.create(
      name,
      {
        index: PORTAL_PLACE.index,
        place: PORTAL_PLACE.place,
        hostname: name,
        userData: this.#userData(name, args),
        hostKey: access.hostKey(name).privateKeyOpenssh,
        service,
      },
      { parent: this },
    );
    const reach = { ...machineReach(this.machine, name, access), sshArguments: pulumi.output([]) };
    if (extension !== undefined) {
      moveExpiry(`${name}-extension`, reach, extension, onMachine(this.machine, { parent: this }));
    }
    const gate = this.#gate(`${name}-ready`, reach);
    this.registerOutputs({ ssh: this.machine.ssh, publishedAs: service.publishedAs, ready: gate.stdout });
  }

  #userData(machine: string, { machines, access, expiry }: PortalNodeArgs): pulumi.Output<string> {
    const parts = pulumi
      .all([access.clientKey.publicKeyOpenssh, hostKeyInUserData(machines, access.hostKey(machine))])
      .apply(([clientKey, hostKey]) => renderPortalUserData({ authorizedKeys: [clientKey], hostKey, expiry }));
    return machineUserData(parts, machines, { parent: this });
  }

  #gate(name: string, reach: NodeReach): NodeCommand {
    const environment = { LAB_GATE_TIMEOUT_SECONDS: String(GATE_TIMEOUT_SECONDS) };
    return nodeCommand(
      name,
      reach,
      { create: "bash -s", stdin: GATE, environment },
      onMachine(this.machine, { parent: this }),
    );
  }
}
