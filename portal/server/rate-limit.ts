/** How many failures an address may have at once, and how soon it may have another one. */
export interface RateLimitSettings {
  readonly failures: number;
  readonly secondsEach: number;
}

const ADDRESSES_KEPT = 10_000;

/**
 * Counts wrong codes by address. Right ones are free: a class behind one router has one address. An address that was quiet
 * for long enough is forgotten.
 */
export class RateLimit {
  /** When an address will have made up for all of its failures, in milliseconds. */
  readonly #paidBy = new Map<string, number>();

  constructor(
    readonly settings: RateLimitSettings = { failures: 10, secondsEach: 30 },
    readonly now: () => number = Date.now,
  ) {}

  /** Seconds until an address may try again; 0 when it may now. */
  waitSeconds(address: string): number {
    const { failures, secondsEach } = this.settings;
    const debt = (this.#paidBy.get(address) ?? 0) - this.now();
    const over = debt - (failures - 1) * secondsEach * 1000;
    return over <= 0 ? 0 : Math.ceil(over / 1000);
  }

  /** Notes a wrong code. */
  failed(address: string): void {
    const now = this.now();
    const from = Math.max(now, this.#paidBy.get(address) ?? 0);
    this.#paidBy.delete(address);
    this.#paidBy.set(address, from + this.settings.secondsEach * 1000);
    this.#forget(now);
  }

  /** The oldest go first, should somebody have more addresses than anyone should. */
  #forget(now: number): void {
    for (const [address, paidBy] of this.#paidBy) {
      if (paidBy > now && this.#paidBy.size <= ADDRESSES_KEPT) {
        return;
      }
      this.#paidBy.delete(address);
    }
  }
}
