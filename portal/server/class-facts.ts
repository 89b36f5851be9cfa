import { standingExpiry } from "../../config/expiry";
import type { LabConfig } from "../../config/schema";
import type { KnownSeat } from "../../core/class-state/known-seats";
import { freeSpares } from "../../core/class-state/replace-seats";
import type { StateResource } from "../../core/class-state/state-resource";
import type { ClassEnd, NodeVersions } from "../protocol";

/** Facts about a class, read from its stack without querying nodes. */
export interface ClassFacts {
  /** Undefined: it never ends by itself, or has no machines. */
  readonly end: ClassEnd | undefined;
  readonly versions: readonly NodeVersions[];
  /** Number of free spares. */
  readonly spares: number;
}

/** When the first machine of the class ends. Approximate for a duration from the first boot: the stack has only creation times. */
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

/** Versions found by the readiness gates, each with its seats. */
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

/** All facts of a class. */
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
