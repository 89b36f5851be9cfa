import { type Rate, RateLimit } from "./rate-limit";

/** How many clicks of a seat may be at work on its node at a time: a page has one of each kind. */
const AT_ONCE = 3;
/** How many clicks: faster than anybody reads what came of them. */
const CLICK_RATE: Rate = { perSecond: 1, burst: 20 };

/** Too many clicks of a seat are at work, or came. */
export class Busy extends Error {}

interface Turns {
  atWork: number;
  readonly clicks: RateLimit;
}

/** What a seat's node is asked: each answer takes memory and time here, and students choose how many they ask for. */
export class SeatTurns {
  readonly #turns = new Map<string, Turns>();

  /** Does the work unless the seat has too much at work, or asks too often: then it throws a `Busy`. */
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
