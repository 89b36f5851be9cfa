import type * as pulumi from "@pulumi/pulumi";
import type { MachineKind, SshEndpoint } from "../../core/machine";

/** A booted machine that answers SSH, created by a target. */
export interface Machine extends MachineKind {
  /** The resource whose replacement means a new machine. */
  readonly resource: pulumi.CustomResource;
  /** Changes exactly when the machine is replaced. */
  readonly id: pulumi.Output<string>;
  /** SSH endpoint, known once the machine exists. */
  readonly ssh: pulumi.Output<SshEndpoint>;
  /** The same as in `ssh`, but known in advance: it decides which resources connect to the machine. */
  readonly through?: string | undefined;
}

/** Inputs of one machine. */
export interface MachineArgs {
  /** Index of the machine in its class, from 0, from which targets derive ports. */
  readonly index: number;
  /** Slot in the class, for labels and tags, e.g. `seat01`. Does not change if another seat moves to the machine. */
  readonly slot: string;
  /** Host name inside the machine, e.g. `node1`. */
  readonly hostname: string;
  /** Multi-part user data for cloud-init, compressed, in base64. Secret where it holds the host key. */
  readonly userData: pulumi.Output<string>;
  /** Private half of the machine's SSH host key, for a target that copies it to the machine. Secret. */
  readonly hostKey: pulumi.Output<string>;
  /** A port that users connect to. Undefined: only SSH. */
  readonly service?: ServicePort | undefined;
}

/** A port of a machine, and the port it is published as: of the operator's machine, or the same port of the machine itself. */
export interface ServicePort {
  /** TCP port that the service listens on. */
  readonly port: number;
  /** TCP port that users connect to. */
  readonly publishedAs: number;
}

/** Inputs that all machines of a class share. */
export interface ClassArgs {
  /** The operator's SSH key, public half. */
  readonly publicKey: pulumi.Output<string>;
}

/** Creates machines. */
export interface Target {
  /** Properties of all machines, known before one exists. */
  readonly machines: MachineKind;
  /** URL of the mirror of Docker Hub that the target itself runs for the class. Undefined: it runs none. */
  readonly mirror?: string | undefined;
  /** Creates the resources that all machines share, such as a node image or a network. */
  prepare(name: string, args: ClassArgs, opts: pulumi.CustomResourceOptions): MachineFactory;
}

/** Creates the machines of one class. */
export interface MachineFactory {
  /** How a machine gets its host key. User data stays on the machine, so it is used only if there is no other way. */
  readonly hostKeyBy: "user-data" | "target";
  /** Creates one machine; `name` is its Pulumi name and the prefix of its children's names. */
  create(name: string, args: MachineArgs, opts: pulumi.CustomResourceOptions): Machine;
}
