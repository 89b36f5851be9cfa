import { readFileSync } from "node:fs";
import * as cloudinit from "@pulumi/cloudinit";
import * as pulumi from "@pulumi/pulumi";
import { renderPortalUserData } from "../cloud-init/portal-user-data";
import type { Access } from "./access";
import { livesOn } from "./lives-on";
import type { Machine, MachineFactory } from "./machines/machine";
import { type NodeCommand, nodeCommand } from "./node-command";
import { PORTAL_PLACE, PORTAL_PORT } from "./portal-place";

const GATE = readFileSync("cloud-init/files/portal-gate.sh", "utf8");
const GATE_TIMEOUT_SECONDS = 900;
/** What Debian 12 and Ubuntu 24.04 have. */
const NODE_MAJOR = 18;

/** What the portal's machine is made of. */
export interface PortalNodeArgs {
  readonly machines: MachineFactory;
  readonly access: Access;
  /** Port of the operator's machine that leads to the portal. */
  readonly publishedAs: number;
}

/** The machine of a class that its portal runs on. It has no Docker, no student, and no part in seats. */
export class PortalNode extends pulumi.ComponentResource {
  readonly machine: Machine;

  constructor(name: string, args: PortalNodeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:PortalNode", name, {}, opts);
    const { machines, access, publishedAs } = args;
    this.machine = machines.create(
      name,
      {
        index: PORTAL_PLACE.index,
        place: PORTAL_PLACE.place,
        hostname: name,
        userData: this.#userData(`${name}-user-data`, name, args),
        hostKey: access.hostKey(name).privateKeyOpenssh,
        service: { port: PORTAL_PORT, publishedAs },
      },
      this,
    );
    const gate = this.#gate(`${name}-ready`, name, access);
    this.registerOutputs({ ssh: this.machine.ssh, publishedAs, ready: gate.stdout });
  }

  #userData(name: string, machine: string, { machines, access }: PortalNodeArgs): pulumi.Output<string> {
    const parts = pulumi
      .all([access.clientKey.publicKeyOpenssh, access.hostKey(machine).publicKeyOpenssh])
      .apply(([clientKey, publicKey]) => renderPortalUserData({ authorizedKeys: [clientKey], hostKey: { publicKey } }));
    const config = new cloudinit.Config(name, { ...machines.userDataForm, parts }, { parent: this });
    return config.rendered;
  }

  #gate(name: string, machine: string, access: Access): NodeCommand {
    const { ssh, through } = this.machine;
    const reach = {
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
    const environment = {
      LAB_GATE_TIMEOUT_SECONDS: String(GATE_TIMEOUT_SECONDS),
      LAB_NODE_MAJOR: String(NODE_MAJOR),
    };
    return nodeCommand(name, reach, { create: "bash -s", stdin: GATE, environment }, livesOn(this.machine, this));
  }
}
