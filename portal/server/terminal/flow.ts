import { contain } from "../boundary";

const CHECK_MILLISECONDS = 50;
/** Time limit for the slower side to catch up. */
const CATCH_UP_MILLISECONDS = 10_000;

/** One direction of a terminal, from a fast sender to a slow receiver. */
interface Direction {
  /** Bytes that wait for the slower side. */
  waiting(): number;
  /** Stops reading the faster side. Returns false if the terminal has to be closed immediately instead. */
  pause(): boolean;
  resume(): void;
  /** Whether the faster side sends too much although it is paused. */
  isOverrun(): boolean;
  /** The slower side did not catch up. */
  giveUp(): void;
}

/** Pauses the faster side while more than `most` bytes wait, until half of them are taken. */
export class Flow {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly direction: Direction,
    readonly most: number,
  ) {}

  /** Call it after adding data. */
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
    this.#timer = setInterval(() => contain("terminal", () => this.#checkAgain(since)), CHECK_MILLISECONDS);
  }

  /** Resumes reading and stops the timer. */
  end(): void {
    if (this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.direction.resume();
    }
  }

  #checkAgain(since: number): void {
    const { direction, most } = this;
    if (direction.waiting() <= most / 2) {
      this.end();
    } else if (direction.isOverrun() || performance.now() - since > CATCH_UP_MILLISECONDS) {
      direction.giveUp();
      this.end();
    }
  }
}
