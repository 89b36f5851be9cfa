import type * as pulumi from "@pulumi/pulumi";
import type { MachineKind, SshEndpoint } from "../../core/machine";

/** Something booted that answers SSH: what a target makes. */
export interface Machine extends MachineKind {
  /** The thing whose replacement means a new machine. */
  readonly resource: pulumi.CustomResource;
  /** Changes exactly when the machine is a new one. */
  readonly id: pulumi.Output<string>;
  /** SSH endpoint, known once the machine exists. */
  readonly ssh: pulumi.Output<SshEndpoint>;
  /** The same as in `ssh`, known beforehand: it decides which resources reach the machine. */
  readonly through?: string | undefined;
}

/** What a target needs to know to make one machine. */
export interface MachineArgs {
  /** Place of the machine in its class, from 0: targets give out ports and addresses by it. */
  readonly index: number;
  /** Where it is in its class, for labels and tags, e.g. `seat01`. Whose machine it is may change, this does not. */
  readonly place: string;
  /** Host name inside the machine, e.g. `node1`. */
  readonly hostname: string;
  /** Multi-part user data for cloud-init, compressed, in base64. Secret where it holds the host key. */
  readonly userData: pulumi.Output<string>;
  /** Private half of the machine's SSH host key, for a target that puts it there itself. Secret. */
  readonly hostKey: pulumi.Output<string>;
  /** A port of the machine that people reach. Undefined: SSH is all that it is for. */
  readonly service?: ServicePort | undefined;
}

/** A port of a machine, and the one that leads to it: of the operator's machine, or of the machine itself, and then the same. */
export interface ServicePort {
  /** TCP port that the service listens on. */
  readonly port: number;
  /** TCP port that users connect to. */
  readonly publishedAs: number;
}

/** What all machines of a class have in common. */
export interface ClassArgs {
  /** The operator's SSH key, public half. */
  readonly publicKey: pulumi.Output<string>;
}

/** Where machines come from. */
export interface Target {
  /** Properties of all machines, known before one exists. */
  readonly machines: MachineKind;
  /** URL of the mirror of Docker Hub that the target itself runs for the class. Undefined: it runs none. */
  readonly mirror?: string | undefined;
  /** Makes what all machines share (a node image, a network), once. */
  prepare(name: string, args: ClassArgs, opts: pulumi.CustomResourceOptions): MachineFactory;
}

/** Makes the machines of one class. */
export interface MachineFactory {
  /** How a machine gets its host key. User data stays on a machine, so it is the way only where there is no other. */
  readonly hostKeyBy: "user-data" | "target";
  /** Makes one machine; `name` is its Pulumi name and the prefix of all its children's. */
  create(name: string, args: MachineArgs, opts: pulumi.CustomResourceOptions): Machine;
}
