import { contain } from "../boundary";

const LOOK_MILLISECONDS = 50;
/** How long the slower side may take to catch up. */
const CATCH_UP_MILLISECONDS = 10_000;

/** One direction of a terminal: what is read at one side and has to be taken by the other one. */
interface Direction {
  /** How much waits for the slower side, in bytes. */
  waiting(): number;
  /** Stops reading the faster side; false where that is not enough, so that the terminal is to be given up at once. */
  pause(): boolean;
  resume(): void;
  /** Whether the faster side goes on, paused or not. */
  isOverrun(): boolean;
  /** The slower side did not catch up. */
  giveUp(): void;
}

/** Bounds what waits in one direction: the faster side is paused while more than `most` waits, and until half of it is taken. */
export class Flow {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly direction: Direction,
    readonly most: number,
  ) {}

  /** To be called whenever there is more. */
  check(): void {
    const { direction, most } = this;
    if (this.#timer !== undefined || direction.waiting() <= most) {
      return;
    }
    if (!direction.pause()) {
      direction.giveUp();
      return;
    }
    const since = performance.now();
    this.#timer = setInterval(() => contain("terminal", () => this.#look(since)), LOOK_MILLISECONDS);
  }

  /** Goes on, whatever waits: the terminal is over. */
  end(): void {
    if (this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.direction.resume();
    }
  }

  #look(since: number): void {
    const { direction, most } = this;
    if (direction.waiting() <= most / 2) {
      this.end();
    } else if (direction.isOverrun() || performance.now() - since > CATCH_UP_MILLISECONDS) {
      direction.giveUp();
      this.end();
    }
  }
}
