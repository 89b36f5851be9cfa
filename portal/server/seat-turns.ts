/** How many clicks of a seat may be at work on its node at a time: a page has one of each kind. */
const AT_ONCE = 3;

/** Too many clicks of a seat are at work. */
export class Busy extends Error {}

/** What a seat's node is asked at a time: each answer takes memory until it is read, and students choose how many they ask for. */
export class SeatTurns {
  readonly #atWork = new Map<string, number>();

  /** Does the work unless the seat has too much at work: then it throws a `Busy`. */
  async take<Result>(seat: string, work: () => Promise<Result>): Promise<Result> {
    const atWork = this.#atWork.get(seat) ?? 0;
    if (atWork >= AT_ONCE) {
      throw new Busy("Your machine is still at work on your last clicks. Wait until they are done.");
    }
    this.#atWork.set(seat, atWork + 1);
    try {
      return await work();
    } finally {
      this.#atWork.set(seat, (this.#atWork.get(seat) ?? 1) - 1);
    }
  }
}
