import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { renderPortalUserData } from "../cloud-init/portal-user-data";
import type { Access } from "./access";
import { livesOn } from "./lives-on";
import { hostKeyInUserData, machineUserData } from "./machine-user-data";
import type { Machine, MachineFactory } from "./machines/machine";
import { type NodeCommand, type NodeReach, nodeCommand } from "./node-command";
import { PORTAL_PLACE, type PortalWish } from "./portal-place";

const GATE = readFileSync("cloud-init/files/portal-gate.sh", "utf8");
const MOVE_EXPIRY = readFileSync("cloud-init/files/move-expiry.sh", "utf8");
const GATE_TIMEOUT_SECONDS = 900;
/** What Debian 12 and Ubuntu 24.04 have. */
const NODE_MAJOR = 18;

/** What the portal's machine is made of. */
export interface PortalNodeArgs extends PortalWish {
  readonly machines: MachineFactory;
  readonly access: Access;
}

/** The machine of a class that its portal runs on. It has no Docker, no student, and no part in seats. */
export class PortalNode extends pulumi.ComponentResource {
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
        userData: this.#userData(`${name}-user-data`, name, args),
        hostKey: access.hostKey(name).privateKeyOpenssh,
        service,
      },
      this,
    );
    const reach = this.#reach(name, access);
    if (extension !== undefined) {
      this.#extend(`${name}-extension`, reach, extension);
    }
    const gate = this.#gate(`${name}-ready`, reach);
    this.registerOutputs({ ssh: this.machine.ssh, publishedAs: service.publishedAs, ready: gate.stdout });
  }

  #userData(name: string, machine: string, { machines, access, expiry }: PortalNodeArgs): pulumi.Output<string> {
    const parts = pulumi
      .all([access.clientKey.publicKeyOpenssh, hostKeyInUserData(machines, access.hostKey(machine))])
      .apply(([clientKey, hostKey]) => renderPortalUserData({ authorizedKeys: [clientKey], hostKey, expiry }));
    return machineUserData(name, parts, machines, this);
  }

  #reach(machine: string, access: Access): NodeReach {
    const { ssh, through } = this.machine;
    return {
      through,
      connection: {
        host: ssh.host,
        port: ssh.port,
        user: ssh.user,
        privateKey: access.clientKey.privateKeyOpenssh,
        hostKey: access.hostKey(machine).publicKeyOpenssh,
        dialErrorLimit: 60,
        perDialTimeout: 5,
      },
      sshArguments: pulumi.output([]),
    };
  }

  /** Told to the running machine: in its user data a new end would make it a new machine. */
  #extend(name: string, reach: NodeReach, end: string): NodeCommand {
    const args = { create: "bash -s", stdin: MOVE_EXPIRY, environment: { LAB_END: end } };
    return nodeCommand(name, reach, args, livesOn(this.machine, this));
  }

  #gate(name: string, reach: NodeReach): NodeCommand {
    const environment = {
      LAB_GATE_TIMEOUT_SECONDS: String(GATE_TIMEOUT_SECONDS),
      LAB_NODE_MAJOR: String(NODE_MAJOR),
    };
    return nodeCommand(name, reach, { create: "bash -s", stdin: GATE, environment }, livesOn(this.machine, this));
  }
}
