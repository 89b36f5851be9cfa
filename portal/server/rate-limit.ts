/** Allowed rate: `burst` immediately, then `perSecond`. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A leaky bucket. */
export class RateLimit {
  #level = 0;
  #drainedAt: number;

  constructor(
    readonly rate: Rate,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#drainedAt = now();
  }

  /** Counts an amount that has arrived. Returns the milliseconds to wait before accepting more, 0 within the limit. */
  count(amount: number): number {
    this.#drain();
    this.#level += amount;
    return (this.excess() / this.rate.perSecond) * 1000;
  }

  /** Counts an amount if it is within the limit; returns whether it is. */
  take(amount: number): boolean {
    this.#drain();
    if (this.#level + amount > this.rate.burst) {
      return false;
    }
    this.#level += amount;
    return true;
  }

  /** Amount above the limit. */
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
