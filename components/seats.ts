/** One student's place in a class. */
export interface Seat {
  /** Place in the class, from 0. */
  readonly index: number;
  /** e.g. `seat01`. */
  readonly name: string;
  /** Pulumi name of the seat's node: `node1` in a class of one, else `seat01-node1`. */
  readonly node: string;
}

/** The seats of a class of `count`. */
export function seatsOf(count: number): Seat[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `seat${String(index + 1).padStart(2, "0")}`;
    return { index, name, node: count === 1 ? "node1" : `${name}-node1` };
  });
}
