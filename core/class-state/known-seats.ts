import type { Moves } from "../../config/moves";
import { BASE_IMAGE_NAMES } from "../image-sets";
import { type SshEndpoint, sshEndpointSchema } from "../machine";
import { parseBounded, parseReadiness, type Readiness } from "../readiness";
import { seatAt, slotOfNode } from "../seats";
import type { StateResource } from "./state-resource";

const BASE_IMAGES: ReadonlySet<string> = new Set(BASE_IMAGE_NAMES);

/** Pulumi's type of the component that is a seat's node. */
const LAB_NODE = "lab-nodes:index:LabNode";

/** The use of a node: a student's seat, a spare without a seat, or a slot that its seat has left. */
export type NodeRole = "seat" | "spare" | "left";

/** A seat as the stack's state knows it. */
export interface KnownSeat {
  /** e.g. `seat01`, or `spare01`; for a slot that its seat has left, the node's name. */
  readonly seat: string;
  readonly role: NodeRole;
  /** Pulumi name of its node, e.g. `node1` or `seat01-node1`. */
  readonly node: string;
  /** Undefined until the machine exists. */
  readonly ssh: SshEndpoint | undefined;
  /** What the readiness gate found; undefined when it has not passed. */
  readonly ready: Readiness | undefined;
  /** Names of the lesson's images that were built on it, or pulled. */
  readonly images: readonly string[];
}

const IMAGE = /^[\w./:@-]{1,300}$/;
const IMAGE_ID = /^[\w.:-]{1,100}$/;

/** How many images the lesson has. */
const LESSON_IMAGES = 3;

/** The seats in a stack's state, in order, spares after them. A move counts as soon as it is in the config: it changes no machine. */
export function knownSeats(resources: readonly StateResource[], moved: Moves): KnownSeat[] {
  const nodes = resources.filter(({ type }) => type === LAB_NODE);
  return nodes
    .map((node) => knownSeat(node, resources, moved))
    .sort((a, b) => a.seat.localeCompare(b.seat, "en", { numeric: true }));
}

/** Whether a node has all that a student needs, as far as the state knows. */
export function isComplete({ ready, images }: KnownSeat): boolean {
  return ready !== undefined && images.length >= LESSON_IMAGES;
}

function knownSeat(node: StateResource, resources: readonly StateResource[], moved: Moves): KnownSeat {
  const current = resourcesOf(node.name, resources);
  const printed = current.find(({ name }) => name === `${node.name}-ready`)?.outputs["stdout"];
  return {
    ...whose(node.name, moved),
    node: node.name,
    ssh: endpointOf(node.outputs),
    ready: typeof printed === "string" ? parseReadiness(printed) : undefined,
    images: [...builtImages(current), ...pulledImages(node.name, current)].sort(),
  };
}

/** How a node is reached, by its outputs; undefined until its machine exists. */
export function endpointOf(outputs: StateResource["outputs"]): KnownSeat["ssh"] {
  const ssh = sshEndpointSchema.safeParse(outputs["ssh"]);
  return ssh.success ? ssh.data : undefined;
}

/**
 * What is on a node's machine, or belongs to it. A new machine whose gate failed leaves the gate and images of the one
 * before it in the state.
 */
export function resourcesOf(node: string, resources: readonly StateResource[]): StateResource[] {
  const machine = machineOf(node, resources);
  const own = resources.filter(({ name }) => name === node || name.startsWith(`${node}-`));
  return own.filter(({ madeOn }) => madeOn === undefined || madeOn === machine);
}

/** Whether an image is one that the lesson's images start from. */
export function isBaseImage(image: string): boolean {
  return BASE_IMAGES.has(image);
}

function builtImages(resources: readonly StateResource[]): string[] {
  return resources
    .filter(({ type }) => type === "docker:index/image:Image")
    .map(({ inputs }) => String(inputs["imageName"]));
}

/** What a node that pulls printed at the end: name -> id, of base images too. */
function pulledImages(node: string, resources: readonly StateResource[]): string[] {
  const stdout = resources.find(({ name }) => name === `${node}-pulled-images`)?.outputs["stdout"];
  return Object.keys(printedIds(stdout)).filter((image) => !isBaseImage(image));
}

/** Id of a node's machine; null when it has none. Components share the node's name, and have no id. */
export function machineOf(node: string, resources: readonly StateResource[]): string | null {
  return resources.find(({ name, id }) => name === node && id !== undefined && id !== "")?.id ?? null;
}

function whose(node: string, moved: Moves): Pick<KnownSeat, "seat" | "role"> {
  const slot = slotOfNode(node);
  if (moved[slot] !== undefined) {
    return { seat: node, role: "left" };
  }
  const seat = seatAt(slot, moved);
  return { seat, role: seat.startsWith("spare") ? "spare" : "seat" };
}

/** Image names and ids that a script printed on a node: `{"hello:v0.1": "sha256:..."}`. Other values are left out. */
export function printedIds(stdout: unknown): Readonly<Record<string, string>> {
  const printed = typeof stdout === "string" ? parseBounded(stdout) : undefined;
  const pairs = typeof printed === "object" && printed !== null ? Object.entries(printed) : [];
  return Object.fromEntries(
    pairs.filter(
      (pair): pair is [string, string] => typeof pair[1] === "string" && IMAGE.test(pair[0]) && IMAGE_ID.test(pair[1]),
    ),
  );
}

/**
 * The seat that a user means by `name`: `seat03`, the node's name, or just `3`. Without a name, the only seat.
 * Undefined when no seat matches, or when a name is needed.
 */
export function findSeat(seats: readonly KnownSeat[], name: string | undefined): KnownSeat | undefined {
  const students = seats.filter(({ role }) => role === "seat");
  if (name === undefined) {
    return students.length === 1 ? students[0] : undefined;
  }
  return (
    seats.find(({ seat, node }) => [seat, node].includes(name)) ??
    students.find(({ seat }) => String(Number(seat.slice("seat".length))) === name)
  );
}
