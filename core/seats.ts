import { LIMITS } from "../config/limits";
import { type Moves, slotNames } from "../config/moves";

const FIRST_SLOT = "seat01";

/** The first seat's node in a class of one. */
const ONLY_NODE = "node1";

/** A slot in a class with its own node, and the seat that is on it now. */
export interface Seat {
  /** Decides what is assigned in order, such as ports, and never changes. Spares come after the last possible seat. */
  readonly index: number;
  /** Its slot: `seat01`, or `spare01`. In names and labels of machines, because a seat may move and a machine may not. */
  readonly slot: string;
  /** The seat on it, e.g. `seat01`; the slot's own name for a spare without a seat, e.g. `spare01`. */
  readonly name: string;
  /** Pulumi name of its node: `node1` in a class of one, else `seat01-node1`; `spare01-node1`. */
  readonly node: string;
}

/** The size of a class, as its config has it. */
export interface ClassSize {
  /** Number of seats, each with a node1 of its own. */
  readonly seats: number;
  /** Spare nodes, for seats whose node fails. */
  readonly spares: number;
  /** The seats that have moved to a spare. */
  readonly moved: Moves;
}

/** The slots of a class, in order: those of its seats, then spares, without slots that were left. */
export function seatsOf({ seats, spares, moved }: ClassSize): Seat[] {
  const slots = [
    ...slotNames("seat", seats).map((slot, index) => ({ slot, index })),
    ...slotNames("spare", spares).map((slot, index) => ({ slot, index: LIMITS.seats.max + index })),
  ];
  return slots
    .filter(({ slot }) => moved[slot] === undefined)
    .map(({ slot, index }) => ({ index, slot, name: seatAt(slot, moved), node: nodeAt(slot, seats) }));
}

/** The seat on a slot: the one that has moved to it, else the slot's own. */
export function seatAt(slot: string, moved: Moves): string {
  const from = Object.keys(moved).find((left) => moved[left] === slot);
  return from === undefined ? slot : seatAt(from, moved);
}

/**
 * The name of a node in classes of another size: that of the first seat is `node1` in a class of one. A class that grows from
 * there, or shrinks to it, must treat it as the same node, which is deleted before the new one takes its port.
 */
export function otherNodeName({ slot, node }: Seat): string | undefined {
  if (slot !== FIRST_SLOT) {
    return undefined;
  }
  return node === ONLY_NODE ? `${FIRST_SLOT}-node1` : ONLY_NODE;
}

/** The slot of a node, by its Pulumi name. */
export function slotOfNode(node: string): string {
  return node === ONLY_NODE ? FIRST_SLOT : node.replace(/-node1$/, "");
}

function nodeAt(slot: string, seats: number): string {
  return seats === 1 && slot === FIRST_SLOT ? ONLY_NODE : `${slot}-node1`;
}
