import { type KnownSeat, knownSeats } from "../../cli/known-seats";
import type { NodeAddress } from "../../cli/node-shell";
import type { StateResource } from "../../cli/pulumi/state";
import { readSeatAccess } from "../../cli/verify/seat-access";
import type { Moves } from "../../config/moves";

/** Whom the portal works as on a node. */
const STUDENT = "student";

/** Where the seats are: what the stack says now. */
export interface StackReader {
  readonly programDirectory: string;
  readonly stack: string;
  readResources(): Promise<readonly StateResource[]>;
  readMoves(): Moves;
}

/** The students' seats of a class. Nodes come, go, and change places while a portal is open, so it can be asked to look again. */
export class SeatDirectory {
  #seats: readonly KnownSeat[] = [];
  #looking: Promise<void> | undefined;

  constructor(readonly reader: StackReader) {}

  /** Names of the seats, in order. */
  names(): readonly string[] {
    return this.#seats.map(({ seat }) => seat);
  }

  /** Host name of a seat's node. */
  hostname(seat: string): string {
    return this.#find(seat)?.ready?.hostname ?? "node1";
  }

  /** How to log in to a seat's node as the student; undefined when it has no machine now. */
  address(seat: string): NodeAddress | undefined {
    const known = this.#find(seat);
    if (known?.ssh === undefined) {
      return undefined;
    }
    const { programDirectory, stack } = this.reader;
    return { ...known.ssh, user: STUDENT, ...readSeatAccess(programDirectory, stack, known.node) };
  }

  /** Looks at the stack again. Whoever asks meanwhile gets the same look. */
  look(): Promise<void> {
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #read(): Promise<void> {
    const seats = knownSeats(await this.reader.readResources(), this.reader.readMoves());
    this.#seats = seats.filter(({ role }) => role === "seat");
  }

  #find(seat: string): KnownSeat | undefined {
    return this.#seats.find((known) => known.seat === seat);
  }
}
