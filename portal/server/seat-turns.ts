import { type Rate, RateLimit } from "./rate-limit";

/** Most clicks of a seat that are processed at a time: a page has one of each kind. */
const AT_ONCE = 3;
/** Rate of clicks, faster than anyone can read the results. */
const CLICK_RATE: Rate = { perSecond: 1, burst: 20 };

/** A seat has too many clicks in progress, or in a short time. */
export class Busy extends Error {}

interface Turns {
  atWork: number;
  readonly clicks: RateLimit;
}

/** Limits the work for a seat's clicks, which take memory and time in the portal. */
export class SeatTurns {
  readonly #turns = new Map<string, Turns>();

  /** Does the work, or throws a `Busy` if the seat exceeds its limits. */
  async take<Result>(seat: string, work: () => Promise<Result>): Promise<Result> {
    const turns = this.#turnsOf(seat);
    if (turns.atWork >= AT_ONCE) {
      throw new Busy("Your machine is still processing your last clicks. Wait until they are done.");
    }
    if (!turns.clicks.take(1)) {
      throw new Busy("Too many clicks in a short time. Wait a few seconds, then click again.");
    }
    turns.atWork += 1;
    try {
      return await work();
    } finally {
      turns.atWork -= 1;
    }
  }

  #turnsOf(seat: string): Turns {
    const turns = this.#turns.get(seat) ?? { atWork: 0, clicks: new RateLimit(CLICK_RATE) };
    this.#turns.set(seat, turns);
    return turns;
  }
}
