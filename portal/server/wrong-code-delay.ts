import { setTimeout as sleep } from "node:timers/promises";

/** Delay of answers to wrong codes, and limits of delayed answers. */
export interface WrongCodeSettings {
  readonly seconds: number;
  /** Limit per network, such as a classroom behind one address. */
  readonly mostOfNetwork: number;
  readonly most: number;
}

const SETTINGS: WrongCodeSettings = { seconds: 2, mostOfNetwork: 10, most: 200 };

/**
 * Delays answers to wrong codes. Correct codes are never delayed, because a whole class may share one address. Guesses are not
 * refused; a code's length protects against them (docs/security.md).
 */
export class WrongCodeDelay {
  /** Number of delayed answers, by network. */
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(readonly settings: WrongCodeSettings = SETTINGS) {}

  /** Delays the answer to a wrong code. Returns "too many" immediately if the limit is reached. */
  async hold(network: string): Promise<"held" | "too many"> {
    const { seconds, mostOfNetwork, most } = this.settings;
    const ofNetwork = this.#held.get(network) ?? 0;
    if (ofNetwork >= mostOfNetwork || this.#total >= most) {
      return "too many";
    }
    this.#held.set(network, ofNetwork + 1);
    this.#total += 1;
    // Does not keep the process running.
    await sleep(seconds * 1000, undefined, { ref: false });
    this.#release(network);
    return "held";
  }

  #release(network: string): void {
    const left = (this.#held.get(network) ?? 1) - 1;
    this.#total -= 1;
    if (left === 0) {
      this.#held.delete(network);
    } else {
      this.#held.set(network, left);
    }
  }
}
