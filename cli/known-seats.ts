import { z } from "zod";
import { IMAGE_SETS } from "../components/base-images";
import type { Readiness } from "../components/lab-node";
import type { StateResource } from "./pulumi/state";

const endpointSchema = z.object({ host: z.string(), port: z.number(), user: z.string() });

const BASE_IMAGES: ReadonlySet<string> = new Set(
  Object.values(IMAGE_SETS).flatMap(({ baseImages }) => baseImages.map(({ tag }) => tag)),
);

/** A seat as the stack's state knows it. */
export interface KnownSeat {
  /** e.g. `seat01`. */
  readonly seat: string;
  /** Pulumi name of its node, e.g. `node1` or `seat01-node1`. */
  readonly node: string;
  /** Undefined while the machine is not there yet. */
  readonly ssh: z.infer<typeof endpointSchema> | undefined;
  /** What the readiness gate found; undefined when it has not passed. */
  readonly ready: Readiness | undefined;
  /** Names of the lesson's images that were built on it, or pulled. */
  readonly images: readonly string[];
}

/** The seats in a stack's state, in order. */
export function knownSeats(resources: readonly StateResource[]): KnownSeat[] {
  const nodes = resources.filter((resource) => resource.type === "lab-nodes:index:LabNode");
  return nodes
    .map((node) => knownSeat(node, resources))
    .sort((a, b) => a.seat.localeCompare(b.seat, "en", { numeric: true }));
}

function knownSeat(node: StateResource, resources: readonly StateResource[]): KnownSeat {
  const gate = resources.find(({ name }) => name === `${node.name}-ready`);
  const ssh = endpointSchema.safeParse(node.outputs["ssh"]);
  return {
    seat: typeof node.outputs["seat"] === "string" ? node.outputs["seat"] : node.name,
    node: node.name,
    ssh: ssh.success ? ssh.data : undefined,
    ready: parseReadiness(gate?.outputs["stdout"]),
    images: [...builtImages(node.name, resources), ...pulledImages(node.name, resources)].sort(),
  };
}

function builtImages(node: string, resources: readonly StateResource[]): string[] {
  return resources
    .filter(({ type, name }) => type === "docker:index/image:Image" && name.startsWith(`${node}-`))
    .map(({ inputs }) => String(inputs["imageName"]));
}

/** What a node that pulls printed at the end: name -> id, of base images too. */
function pulledImages(node: string, resources: readonly StateResource[]): string[] {
  const stdout = resources.find(({ name }) => name === `${node}-pulled-images`)?.outputs["stdout"];
  const images = typeof stdout === "string" && stdout.startsWith("{") ? Object.keys(JSON.parse(stdout)) : [];
  return images.filter((image) => !BASE_IMAGES.has(image));
}

function parseReadiness(stdout: unknown): Readiness | undefined {
  return typeof stdout === "string" && stdout.startsWith("{") ? (JSON.parse(stdout) as Readiness) : undefined;
}

/**
 * The seat that a user means by `name`: `seat03`, the node's name, or just `3`. Without a name, the only seat.
 * Undefined when there is none such, or when a name is needed.
 */
export function findSeat(seats: readonly KnownSeat[], name: string | undefined): KnownSeat | undefined {
  if (name === undefined) {
    return seats.length === 1 ? seats[0] : undefined;
  }
  return seats.find(({ seat, node }) => [seat, node, String(Number(seat.slice("seat".length)))].includes(name));
}
