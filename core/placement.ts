import type { Placement } from "../config/hosts";

/** A Docker host and its capacity. */
export interface HostLoad {
  readonly host: string;
  /** How many nodes of the class it has capacity for: existing ones, and as many more as fit. */
  readonly nodes: number;
}

/**
 * Which host each slot is on. A slot that has one keeps it, whatever hosts are added. New ones go, in order, to the host of
 * which the class uses the smallest part. More slots than all hosts have capacity for are spread in the same way: callers
 * decide whether that is allowed.
 */
export function placeOn(hosts: readonly HostLoad[], recorded: Placement, slots: readonly string[]): Placement {
  const placement = new Map(slots.flatMap((slot) => pairOf(slot, recorded[slot])));
  for (const slot of slots.filter((each) => !placement.has(each))) {
    const best = emptiest(hosts, [...placement.values()]);
    if (best !== undefined) {
      placement.set(slot, best.host);
    }
  }
  // In the order of the slots, not of placement.
  return Object.fromEntries(slots.flatMap((slot) => pairOf(slot, placement.get(slot))));
}

function pairOf(slot: string, host: string | undefined): [string, string][] {
  return host === undefined ? [] : [[slot, host]];
}

/** The host that would be the least full with one more; of several, the first. */
function emptiest(hosts: readonly HostLoad[], taken: readonly string[]): HostLoad | undefined {
  const fullness = ({ host, nodes }: HostLoad) => {
    const withOneMore = taken.filter((each) => each === host).length + 1;
    // A host without capacity comes after all that have some; among those, the emptier one comes first.
    return nodes === 0 ? 1e6 + withOneMore : withOneMore / nodes;
  };
  return hosts.reduce<HostLoad | undefined>(
    (best, host) => (best === undefined || fullness(host) < fullness(best) ? host : best),
    undefined,
  );
}
