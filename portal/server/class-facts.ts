import { standingExpiry } from "../../config/extension";
import type { LabConfig } from "../../config/schema";
import type { KnownSeat } from "../../core/class-state/known-seats";
import { freeSpares } from "../../core/class-state/replace-seats";
import type { StateResource } from "../../core/class-state/state-resource";
import type { ClassEnd, NodeVersions } from "../protocol";

/** What the stack says of a class as a whole. No node is asked for it. */
export interface ClassFacts {
  /** Undefined: it never ends by itself, or has no machine that could. */
  readonly end: ClassEnd | undefined;
  readonly versions: readonly NodeVersions[];
  /** Spares that a seat could have. */
  readonly spares: number;
}

/** When the first machine of the class ends. One that ends some time after its first boot does so about then: the stack knows when it was made. */
export function endOf(
  settings: Pick<LabConfig, "target" | "expires" | "extended">,
  nodes: readonly string[],
  resources: readonly StateResource[],
  now: Date,
): ClassEnd | undefined {
  const expiry = standingExpiry(settings, now);
  if (expiry === undefined) {
    return undefined;
  }
  if ("time" in expiry) {
    return { at: expiry.time, precision: "exact" };
  }
  const machines = resources.filter(({ name, id }) => nodes.includes(name) && id !== undefined && id !== "");
  const made = machines.flatMap(({ created }) => (created === undefined ? [] : [Date.parse(created)]));
  return made.length === 0
    ? undefined
    : { at: new Date(Math.min(...made) + expiry.seconds * 1000).toISOString(), precision: "about" };
}

/** Versions as the readiness gates found them, each with the seats that have it. */
export function versionsOf(seats: readonly KnownSeat[]): NodeVersions[] {
  const groups = new Map<string, NodeVersions>();
  for (const { seat, ready } of seats) {
    if (ready !== undefined) {
      const [docker, trivy] = [ready.docker.server, ready.trivy.version];
      const key = `${docker} ${trivy}`;
      groups.set(key, { docker, trivy, seats: [...(groups.get(key)?.seats ?? []), seat] });
    }
  }
  return [...groups.values()];
}

/** All of it. */
export function factsOf(
  known: readonly KnownSeat[],
  resources: readonly StateResource[],
  settings: Pick<LabConfig, "target" | "expires" | "extended">,
  now: Date,
): ClassFacts {
  const seats = known.filter(({ role }) => role === "seat");
  const nodes = seats.map(({ node }) => node);
  return {
    end: endOf(settings, nodes, resources, now),
    versions: versionsOf(seats),
    spares: freeSpares(known).length,
  };
}
