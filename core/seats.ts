import { LIMITS } from "../config/limits";
import { type Moves, placeNames } from "../config/moves";

const FIRST_PLACE = "seat01";

/** The first seat's node in a class of one. */
const ONLY_NODE = "node1";

/** A place in a class with a node of its own, and the seat that it is now. */
export interface Seat {
  /** Decides what is handed out in order, such as ports, and never changes. Spares come after the greatest possible seat. */
  readonly index: number;
  /** Where it is: `seat01`, or `spare01`. Names and labels of machines say this, since a seat may move and a machine may not. */
  readonly place: string;
  /** Whose it is: a seat's name, e.g. `seat01`; for a spare that nobody has taken, its own, e.g. `spare01`. */
  readonly name: string;
  /** Pulumi name of its node: `node1` in a class of one, else `seat01-node1`; `spare01-node1`. */
  readonly node: string;
}

/** What a class is made up of, as its config has it. */
export interface ClassSize {
  /** Number of seats, each with a node1 of its own. */
  readonly seats: number;
  /** Machines that are made along, for seats whose own one fails. */
  readonly spares: number;
  /** The seats that have moved to one. */
  readonly moved: Moves;
}

/** The places of a class, in order: those of its seats, then spares. Places that were left are not among them. */
export function seatsOf({ seats, spares, moved }: ClassSize): Seat[] {
  const places = [
    ...placeNames("seat", seats).map((place, index) => ({ place, index })),
    ...placeNames("spare", spares).map((place, index) => ({ place, index: LIMITS.seats.max + index })),
  ];
  return places
    .filter(({ place }) => moved[place] === undefined)
    .map(({ place, index }) => ({ index, place, name: seatAt(place, moved), node: nodeAt(place, seats) }));
}

/** The seat whose name has come to a place: a place that nobody has moved to keeps its own. */
export function seatAt(place: string, moved: Moves): string {
  const from = Object.keys(moved).find((left) => moved[left] === place);
  return from === undefined ? place : seatAt(from, moved);
}

/**
 * What a node is called in classes of another size: its first seat's is `node1` in a class of one. A class that grows from
 * there, or shrinks to it, has to know that it is the same node, which makes way before the new one takes its port.
 */
export function otherNodeName({ place, node }: Seat): string | undefined {
  if (place !== FIRST_PLACE) {
    return undefined;
  }
  return node === ONLY_NODE ? `${FIRST_PLACE}-node1` : ONLY_NODE;
}

/** The place of a node, by its Pulumi name. */
export function placeOfNode(node: string): string {
  return node === ONLY_NODE ? FIRST_PLACE : node.replace(/-node1$/, "");
}

function nodeAt(place: string, seats: number): string {
  return seats === 1 && place === FIRST_PLACE ? ONLY_NODE : `${place}-node1`;
}
