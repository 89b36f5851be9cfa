import type { NodeAddress } from "../../adapters/ssh/node-shell";
import { readSeatAccess } from "../../adapters/ssh/seat-access";
import type { LabConfig } from "../../config/schema";
import { type KnownSeat, knownSeats } from "../../core/class-state/known-seats";
import type { StateResource } from "../../core/class-state/state-resource";
import { type ClassFacts, factsOf } from "./class-facts";

/** User of the portal on nodes. */
const STUDENT = "student";

/** Reads the current state and settings of the stack. */
export interface StackReader {
  readonly programDirectory: string;
  readonly stack: string;
  readResources(): Promise<readonly StateResource[]>;
  /** Current settings, which `lab spare` and `lab extend` change. */
  readSettings(): Pick<LabConfig, "target" | "expires" | "extended" | "moved">;
}

/** The students' seats of a class. They can change while the portal is open, so the stack can be read again. */
export class SeatDirectory {
  #seats: readonly KnownSeat[] = [];
  #facts: ClassFacts = { end: undefined, versions: [], spares: 0 };
  #reading: Promise<void> | undefined;

  constructor(readonly reader: StackReader) {}

  /** Names of the seats, in order. */
  names(): readonly string[] {
    return this.#seats.map(({ seat }) => seat);
  }

  /** Facts about the whole class. */
  facts(): ClassFacts {
    return this.#facts;
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

  /** Reads the stack again. Calls during a read share it. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const resources = await this.reader.readResources();
    const settings = this.reader.readSettings();
    const known = knownSeats(resources, settings.moved);
    this.#seats = known.filter(({ role }) => role === "seat");
    this.#facts = factsOf(known, resources, settings, new Date());
  }

  #find(seat: string): KnownSeat | undefined {
    return this.#seats.find((known) => known.seat === seat);
  }
}
