import type { Placement } from "../config/hosts";

/** A Docker host, as far as it decides who goes there. */
export interface HostRoom {
  readonly host: string;
  /** How many nodes of the class it carries: those that are there, and as many more as fit. */
  readonly nodes: number;
}

/**
 * Which host each place is on. A place that has one keeps it, whatever hosts come along. New ones go, in order, where the
 * class takes the smallest part of what the host carries. More places than all hosts carry are spread in the same way: whether
 * that is allowed is for others to say.
 */
export function placeOn(hosts: readonly HostRoom[], recorded: Placement, places: readonly string[]): Placement {
  const placement = new Map(places.flatMap((place) => pairOf(place, recorded[place])));
  for (const place of places.filter((each) => !placement.has(each))) {
    const best = emptiest(hosts, [...placement.values()]);
    if (best !== undefined) {
      placement.set(place, best.host);
    }
  }
  // In the order of the places, whoever was placed first.
  return Object.fromEntries(places.flatMap((place) => pairOf(place, placement.get(place))));
}

function pairOf(place: string, host: string | undefined): [string, string][] {
  return host === undefined ? [] : [[place, host]];
}

/** The host that would be the least full with one more; of several, the first. */
function emptiest(hosts: readonly HostRoom[], taken: readonly string[]): HostRoom | undefined {
  const fullness = ({ host, nodes }: HostRoom) => {
    const withOneMore = taken.filter((each) => each === host).length + 1;
    // A host that carries none comes after all that carry some, and among its like the emptier one first.
    return nodes === 0 ? 1e6 + withOneMore : withOneMore / nodes;
  };
  return hosts.reduce<HostRoom | undefined>(
    (best, host) => (best === undefined || fullness(host) < fullness(best) ? host : best),
    undefined,
  );
}
