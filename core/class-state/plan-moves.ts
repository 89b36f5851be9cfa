import type { Moves } from "../../config/moves";
import { placeOfNode } from "../seats";
import { isComplete, type KnownSeat } from "./known-seats";

/** A seat that goes to a spare. */
export interface Move {
  readonly seat: KnownSeat;
  readonly spare: KnownSeat;
}

/**
 * Which failed seats go to which spare by themselves: those on whose node nobody can have worked, since its gate never
 * passed. Where there are fewer spares than that, the first seats get them.
 */
export function planMoves(seats: readonly KnownSeat[], isFailed: (seat: KnownSeat) => boolean): Move[] {
  const spares = freeSpares(seats).filter((spare) => !isFailed(spare));
  const movable = seats.filter((seat) => seat.role === "seat" && seat.ready === undefined && isFailed(seat));
  return movable.flatMap((seat, index) => {
    const spare = spares[index];
    return spare === undefined ? [] : [{ seat, spare }];
  });
}

/** Spares that have all that a student needs, in order. */
export function freeSpares(seats: readonly KnownSeat[]): KnownSeat[] {
  return seats.filter((seat) => seat.role === "spare" && isComplete(seat));
}

/** What moves add to `moved`: by the place that is left. */
export function movesOf(moves: readonly Move[]): Moves {
  return Object.fromEntries(moves.map(({ seat, spare }) => [placeOfNode(seat.node), spare.seat]));
}

/** The same as settings by full name, for the stack's file. */
export function settingsOf(moves: readonly Move[]): Map<string, string> {
  return new Map(Object.entries(movesOf(moves)).map(([place, spare]) => [`moved.${place}`, spare]));
}
