import { CLASS_ROW, type Phase } from "./model";

/**
 * - `gate`: the one resource that makes two phases, cloud-init and Docker.
 * - `primary`: the resource a phase is about; its start and end are the phase's.
 * - `supporting`: belongs to a phase, but only its failure or its deletion shows (keys, user data, volumes).
 * - `untimed`: components, providers and the stack; only their errors show.
 */
type Role = "primary" | "supporting" | "gate" | "untimed";

/** Where on the board a resource belongs: to a phase of a seat, or to what all seats share. */
export type Position = SeatPosition | SharedPosition;

interface SeatPosition {
  readonly row: string;
  /** Pulumi name of the seat's node. */
  readonly node: string;
  /** Undefined for a component, which is no phase's. */
  readonly cell: Phase | undefined;
  readonly role: Role;
}

interface SharedPosition {
  readonly row: typeof CLASS_ROW;
  readonly node: undefined;
  /** The resource's name. Undefined for components, the stack and the default providers. */
  readonly cell: string | undefined;
  readonly role: Role;
}

/** What a node's child is, by what its name has after the node's. Others are supporting. */
const CHILDREN: Readonly<Record<string, { readonly role: Role; readonly cell: Phase }>> = {
  ready: { role: "gate", cell: "cloud-init" },
  engine: { role: "untimed", cell: "Docker" },
  // Its going away is not the machine's.
  extension: { role: "untimed", cell: "machine" },
  "base-images": { role: "primary", cell: "base images" },
  "pulled-images": { role: "primary", cell: "base images" },
  figlet: { role: "primary", cell: "figlet" },
  "hello-v0.1": { role: "primary", cell: "hello:v0.1" },
  "hello-v0.2": { role: "primary", cell: "hello:v0.2" },
};

const NODE_RESOURCE = /^(?<node>(?:(?<seat>(?:seat|spare)\d+)-)?(?<machine>node\d+))(?:-(?<suffix>.+))?$/;

/** Splits `urn:pulumi:stack::project::parentType$type::name`. */
function parseUrn(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

/** Type and name as Pulumi's own display prints them, for messages. */
export function describeUrn(urn: string): string {
  const { type, name } = parseUrn(urn);
  return `${type} ${name}`;
}

/** The position of the resource with this urn. */
export function positionOf(urn: string): Position {
  const { type, name } = parseUrn(urn);
  const isComponent = type.startsWith("lab-nodes:") || type === "pulumi:pulumi:Stack";
  const match = NODE_RESOURCE.exec(name)?.groups;
  if (match?.["node"] === undefined) {
    const isShown = !isComponent && !type.startsWith("pulumi:providers:");
    const shared = { row: CLASS_ROW, node: undefined } as const;
    return isShown ? { ...shared, role: "primary", cell: name } : { ...shared, role: "untimed", cell: undefined };
  }
  const { node, seat, machine, suffix } = match;
  const seatAndNode = { row: seat !== undefined && machine === "node1" ? seat : node, node };
  if (isComponent) {
    return { ...seatAndNode, role: "untimed", cell: undefined };
  }
  const child = CHILDREN[suffix ?? ""] ?? { role: "supporting", cell: "machine" };
  return { ...seatAndNode, ...(suffix === undefined ? { role: "primary", cell: "machine" } : child) };
}
