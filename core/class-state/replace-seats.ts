import type { Moves } from "../../config/moves";
import { LabError } from "../errors";
import { slotOfNode } from "../seats";
import { findSeat, isComplete, type KnownSeat, knownSeats } from "./known-seats";
import type { StateResource } from "./state-resource";

/**
 * Arguments that have pulumi recreate the machines of these seats, including the disks; pulumi then replaces the resources
 * on them.
 * Throws, exit code 2, for a name that is no seat of the lab.
 */
export function replacementArguments(
  resources: readonly StateResource[],
  moved: Moves,
  names: readonly string[],
): string[] {
  return nodesToReplace(resources, moved, names).flatMap((node) => {
    const machine = [node, `${node}-docker-data`];
    return resources
      .filter((resource) => resource.id !== undefined && machine.includes(resource.name))
      .flatMap(({ urn }) => ["--replace", urn]);
  });
}

/** The nodes of the seats with these names. Throws, exit code 2, for a name that is no seat of the lab. */
export function nodesToReplace(resources: readonly StateResource[], moved: Moves, names: readonly string[]): string[] {
  const seats = knownSeats(resources, moved);
  return names.map((name) => {
    const seat = findSeat(seats, name);
    if (seat === undefined) {
      const known = seats.map((one) => one.seat).join(", ");
      const hint = known === "" ? "The lab is down. Run ./lab up to create it." : `The seats are: ${known}.`;
      throw new LabError(`There is no seat "${name}" to replace.`, { exitCode: 2, hint });
    }
    return seat.node;
  });
}

/** A seat that moves to a spare. */
export interface Move {
  readonly seat: KnownSeat;
  readonly spare: KnownSeat;
}

/**
 * Which failed seats go to which spare by themselves: those whose gate never passed, so that no student can have worked
 * on the node. If there are fewer spares, the first seats get them.
 */
export function planMoves(seats: readonly KnownSeat[], isFailed: (seat: KnownSeat) => boolean): Move[] {
  const spares = freeSpares(seats).filter((spare) => !isFailed(spare));
  const movable = seats.filter((seat) => seat.role === "seat" && seat.ready === undefined && isFailed(seat));
  return movable.flatMap((seat, index) => {
    const spare = spares[index];
    return spare === undefined ? [] : [{ seat, spare }];
  });
}

/** Complete spares, in order. */
export function freeSpares(seats: readonly KnownSeat[]): KnownSeat[] {
  return seats.filter((seat) => seat.role === "spare" && isComplete(seat));
}

/** The entries of `moved` for these moves, by the slot that is left. */
export function movesOf(moves: readonly Move[]): Moves {
  return Object.fromEntries(moves.map(({ seat, spare }) => [slotOfNode(seat.node), spare.seat]));
}

/** The same as settings by full name, for the stack's file. */
export function settingsOf(moves: readonly Move[]): Map<string, string> {
  return new Map(Object.entries(movesOf(moves)).map(([slot, spare]) => [`moved.${slot}`, spare]));
}
