import * as pulumi from "@pulumi/pulumi";
import type { DockerInstallation, TrivyInstallation } from "../cloud-init/user-data";
import type { Expiry } from "../config/expiry";
import type { LabConfig } from "../config/schema";
import type { ImageBase } from "../core/image-sets";
import type { SshEndpoint } from "../core/machine";
import type { Readiness } from "../core/readiness";
import { type ClassSize, otherNodeName, type Seat, seatsOf } from "../core/seats";
import { Access } from "./access";
import { ClassImages, type RegistryDelivery } from "./delivery/class-images";
import { PulledImages } from "./delivery/pulled-images";
import { LabImages } from "./lab-images";
import { LabNode } from "./lab-node";
import type { Target } from "./machines/machine";
import { PortalNode } from "./portal-node";
import { PORTAL_SLOT, type PortalSpec } from "./portal-spec";

/** Inputs of a class. */
export interface ClassroomArgs extends ClassSize {
  /** Where machines run. */
  readonly target: Target;
  /** Where the nodes' Docker comes from. */
  readonly docker: DockerInstallation;
  /** The nodes' Trivy. */
  readonly trivy: TrivyInstallation;
  /** Which images the lesson starts from. */
  readonly imageBase: ImageBase;
  /** How the lesson's images are built once for all nodes. Undefined: every node builds its own. */
  readonly delivery?: RegistryDelivery | undefined;
  /** A portal on an additional machine of the class. Undefined: the class has none. */
  readonly portal?: PortalSpec | undefined;
  /** Whether each student gets a password. */
  readonly passwords: LabConfig["access"]["password"];
  /** When the nodes end by themselves. Undefined: never. */
  readonly expiry: Expiry | undefined;
  /** The extended end of the running class, e.g. `2026-12-01T20:00:00Z` (ISO 8601, UTC). Undefined: none. */
  readonly extension: string | undefined;
}

/** One seat in the stack's outputs. */
export interface SeatOutput {
  /** Name of the seat, e.g. `seat01`. */
  readonly seat: string;
  /** Name of its node in the program, e.g. `seat01-node1`. */
  readonly node: string;
  /** Address, port and user for SSH. */
  readonly ssh: SshEndpoint;
  /** The node's SSH host key, public half. */
  readonly hostKey: string;
  /** Versions that the readiness gate found on the node. */
  readonly ready: Readiness;
  /** Names of the lesson's images on the node, e.g. `hello:v0.1`. */
  readonly images: readonly string[];
}

/** A class: its seats, their SSH access, and the lesson's images on every node. */
export class Classroom extends pulumi.ComponentResource {
  /** Every seat, in order. A seat resolves when its node is ready and its images are built. */
  readonly seats: pulumi.Output<SeatOutput[]>;
  /** The spares that no seat has moved to. */
  readonly spares: pulumi.Output<SeatOutput[]>;

  constructor(name: string, args: ClassroomArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:Classroom", name, {}, opts);
    const seats = seatsOf(args);
    const portal = args.portal === undefined ? [] : [PORTAL_SLOT.node];
    const access = new Access(`${name}-access`, { nodes: seats.map((seat) => seat.node), portal }, { parent: this });
    const machines = args.target.prepare(name, { publicKey: access.clientKey.publicKeyOpenssh }, { parent: this });
    if (args.portal !== undefined) {
      new PortalNode(PORTAL_SLOT.node, { machines, access, ...args.portal }, { parent: this });
    }
    const { delivery, imageBase: base, target } = args;
    const classImages =
      delivery &&
      new ClassImages(`${name}-images`, { ...delivery, base, platform: target.machines.platform }, { parent: this });
    const outputs = [...seats].sort(byName).map((seat) => {
      const { docker, trivy, expiry, extension } = args;
      const node = new LabNode(
        seat.node,
        { seat, machines, access, docker, trivy, expiry, extension },
        { parent: this, ...aliasOf(seat) },
      );
      node.setStudentPassword(args.passwords, access.studentKey(seat.node));
      const images =
        classImages === undefined
          ? new LabImages(`${seat.node}-images`, { node, base }, { parent: node })
          : new PulledImages(`${seat.node}-images`, { node, images: classImages }, { parent: node });
      return { seat, output: seatOutput(seat, node, images, access) };
    });
    const isSpare = ({ seat }: { readonly seat: Seat }) => seat.name.startsWith("spare");
    this.seats = pulumi.all(outputs.filter((each) => !isSpare(each)).map(({ output }) => output));
    this.spares = pulumi.all(outputs.filter(isSpare).map(({ output }) => output));
    this.registerOutputs({ seats: this.seats, spares: this.spares });
  }
}

/** Alias for the node's other name, which also covers its children, whose names begin with it. */
function aliasOf(seat: Seat): pulumi.ComponentResourceOptions {
  const name = otherNodeName(seat);
  return name === undefined ? {} : { aliases: [{ name }] };
}

function byName(one: Seat, other: Seat): number {
  return one.name.localeCompare(other.name, "en", { numeric: true });
}

function seatOutput(
  seat: Seat,
  node: LabNode,
  images: LabImages | PulledImages,
  access: Access,
): pulumi.Output<SeatOutput> {
  return pulumi.output({
    seat: seat.name,
    node: seat.node,
    ssh: node.machine.ssh,
    hostKey: access.hostKey(seat.node).publicKeyOpenssh.apply((key) => key.trim()),
    ready: node.ready,
    images: images.imageNames,
  });
}
