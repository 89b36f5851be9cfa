import { CLASS_ROW, type Phase } from "./model";

/**
 * Where on the board a resource belongs.
 *
 * - `gate`: the one resource that makes two phases, cloud-init and Docker.
 * - `primary`: the resource a phase is about; its start and end are the phase's.
 * - `supporting`: belongs to a phase, but only its failure or its deletion shows (keys, user data, volumes).
 * - `untimed`: components, providers and the stack; only what they say counts.
 */
export type Place = SeatPlace | SharedPlace;

export interface SeatPlace {
  readonly kind: "seat";
  readonly row: string;
  readonly node: string;
  readonly role: "primary" | "supporting" | "gate" | "untimed";
  /** Absent for a component, which is no phase's. */
  readonly phase: Phase | undefined;
}

interface SharedPlace {
  readonly kind: "shared";
  readonly row: typeof CLASS_ROW;
  readonly name: string;
  readonly role: "primary" | "untimed";
}

/** The parts of a Pulumi urn that the board needs. */
interface UrnParts {
  readonly type: string;
  readonly name: string;
}

/** What a node's child is, by what its name has after the node's. */
const PHASE_OF_SUFFIX: Readonly<Record<string, Phase>> = {
  "base-images": "base images",
  "pulled-images": "base images",
  figlet: "figlet",
  "hello-v0.1": "hello:v0.1",
  "hello-v0.2": "hello:v0.2",
};

const NODE_RESOURCE = /^(?<node>(?:(?<seat>(?:seat|spare)\d+)-)?(?<machine>node\d+))(?:-(?<suffix>.+))?$/;

/** Splits `urn:pulumi:stack::project::parentType$type::name`. */
function parseUrn(urn: string): UrnParts {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

/** Type and name as Pulumi's own display prints them, for messages. */
export function describeUrn(urn: string | undefined): string {
  if (urn === undefined || urn === "") {
    return "";
  }
  const { type, name } = parseUrn(urn);
  return `${type} ${name}`;
}

/** The place of the resource with this urn. */
export function placeOf(urn: string): Place {
  const { type, name } = parseUrn(urn);
  const untimed = type.startsWith("lab-nodes:") || type === "pulumi:pulumi:Stack";
  const match = NODE_RESOURCE.exec(name)?.groups;
  if (match?.["node"] === undefined) {
    const role = untimed || type.startsWith("pulumi:providers:") ? "untimed" : "primary";
    return { kind: "shared", row: CLASS_ROW, name, role };
  }
  const { node, seat, machine, suffix } = match;
  const seatOrNode = seat !== undefined && machine === "node1" ? seat : node;
  const where = { kind: "seat", row: seatOrNode, node } as const;
  return untimed ? { ...where, role: "untimed", phase: undefined } : { ...where, ...phaseOfChild(suffix) };
}

function phaseOfChild(suffix: string | undefined): Pick<SeatPlace, "role" | "phase"> {
  if (suffix === undefined) {
    return { role: "primary", phase: "machine" };
  }
  if (suffix === "ready") {
    return { role: "gate", phase: "cloud-init" };
  }
  if (suffix === "extension") {
    // Its going away is not the machine's.
    return { role: "untimed", phase: "machine" };
  }
  if (suffix === "engine") {
    return { role: "untimed", phase: "Docker" };
  }
  const phase = PHASE_OF_SUFFIX[suffix];
  return phase === undefined ? { role: "supporting", phase: "machine" } : { role: "primary", phase };
}
