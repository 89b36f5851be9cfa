/** How much may come: `burst` at once, and `perSecond` from then on. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Limits how much comes in a time. */
export class RateLimit {
  #level = 0;
  #drainedAt: number;

  constructor(
    readonly rate: Rate,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#drainedAt = now();
  }

  /** Counts what has come already. Gives the milliseconds to wait before more is taken, 0 within the limit. */
  count(amount: number): number {
    this.#drain();
    this.#level += amount;
    return (this.excess() / this.rate.perSecond) * 1000;
  }

  /** Counts what is about to come, unless that is too much: then it gives false, and counts nothing. */
  take(amount: number): boolean {
    this.#drain();
    if (this.#level + amount > this.rate.burst) {
      return false;
    }
    this.#level += amount;
    return true;
  }

  /** How much more has come than may by now. */
  excess(): number {
    this.#drain();
    return Math.max(0, this.#level - this.rate.burst);
  }

  #drain(): void {
    const now = this.now();
    this.#level = Math.max(0, this.#level - ((now - this.#drainedAt) / 1000) * this.rate.perSecond);
    this.#drainedAt = now;
  }
}
