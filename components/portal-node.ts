import * as pulumi from "@pulumi/pulumi";
import { renderPortalUserData } from "../cloud-init/user-data";
import type { Access } from "./access";
import { createGatedMachine, userDataKeys } from "./gated-machine";
import type { Machine, MachineFactory } from "./machines/machine";
import { PORTAL_SLOT, type PortalSpec } from "./portal-spec";
import { readProjectFile } from "./project-files";

const GATE = readProjectFile("cloud-init/files/portal-gate.sh");

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
    const { machines, access, service, expiry, extension } = args;
    const { index, slot } = PORTAL_SLOT;
    const userData = userDataKeys(name, machines, access).apply((keys) => renderPortalUserData({ ...keys, expiry }));
    const { machine, gate } = createGatedMachine(
      name,
      { machines, access, machine: { index, slot, hostname: name, service }, userData, gate: GATE, extension },
      this,
    );
    this.machine = machine;
    this.registerOutputs({ ssh: machine.ssh, publishedAs: service.publishedAs, ready: gate.stdout });
  }
}
