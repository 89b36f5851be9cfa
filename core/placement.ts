import type { Placement } from "../config/hosts";

/** A Docker host and its capacity. */
export interface HostRoom {
  readonly host: string;
  /** How many nodes of the class it has capacity for: existing ones, and as many more as fit. */
  readonly nodes: number;
}

/**
 * Which host each slot is on. A slot that has one keeps it, whatever hosts are added. New ones go, in order, to the host of
 * which the class uses the smallest part. More slots than all hosts have capacity for are spread in the same way: callers
 * decide whether that is allowed.
 */
export function placeOn(hosts: readonly HostRoom[], recorded: Placement, places: readonly string[]): Placement {
  const placement = new Map(places.flatMap((place) => pairOf(place, recorded[place])));
  for (const place of places.filter((each) => !placement.has(each))) {
    const best = emptiest(hosts, [...placement.values()]);
    if (best !== undefined) {
      placement.set(place, best.host);
    }
  }
  // In the order of the slots, not of placement.
  return Object.fromEntries(places.flatMap((place) => pairOf(place, placement.get(place))));
}

function pairOf(place: string, host: string | undefined): [string, string][] {
  return host === undefined ? [] : [[place, host]];
}

/** The host that would be the least full with one more; of several, the first. */
function emptiest(hosts: readonly HostRoom[], taken: readonly string[]): HostRoom | undefined {
  const fullness = ({ host, nodes }: HostRoom) => {
    const withOneMore = taken.filter((each) => each === host).length + 1;
    // A host without capacity comes after all that have some; among those, the emptier one comes first.
    return nodes === 0 ? 1e6 + withOneMore : withOneMore / nodes;
  };
  return hosts.reduce<HostRoom | undefined>(
    (best, host) => (best === undefined || fullness(host) < fullness(best) ? host : best),
    undefined,
  );
}
