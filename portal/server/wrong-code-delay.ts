import { setTimeout as sleep } from "node:timers/promises";

/** How long an answer to a wrong code is held, and how many at once. */
export interface WrongCodeSettings {
  readonly seconds: number;
  /** Of one network, such as a room behind one address. */
  readonly mostOfNetwork: number;
  readonly most: number;
}

const SETTINGS: WrongCodeSettings = { seconds: 2, mostOfNetwork: 10, most: 200 };

/**
 * Makes wrong codes cost time. Right ones never wait: a class behind one router has one address, and one prankster in it
 * must lock nobody out. So no guess is refused; that none of them hits is what a code's length is for (docs/security.md).
 */
export class WrongCodeDelay {
  /** Answers that are held now, by network. */
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(readonly settings: WrongCodeSettings = SETTINGS) {}

  /** Holds the answer to a wrong code. Gives "too many", at once, when as many are held as may be. */
  async hold(network: string): Promise<"held" | "too many"> {
    const { seconds, mostOfNetwork, most } = this.settings;
    const ofNetwork = this.#held.get(network) ?? 0;
    if (ofNetwork >= mostOfNetwork || this.#total >= most) {
      return "too many";
    }
    this.#held.set(network, ofNetwork + 1);
    this.#total += 1;
    // A portal that closes does not wait for it.
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
