import { setTimeout as sleep } from "node:timers/promises";
import { CountLimit } from "./count-limit";

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
  /** Delayed answers by network, and all of them. */
  readonly #networks = new CountLimit();
  #total = 0;

  constructor(readonly settings: WrongCodeSettings = SETTINGS) {}

  /** Delays the answer to a wrong code. Returns "too many" immediately if the limit is reached. */
  async delay(network: string): Promise<"delayed" | "too many"> {
    const { seconds, mostOfNetwork, most } = this.settings;
    const giveBack = this.#total < most ? this.#networks.take(network, mostOfNetwork) : undefined;
    if (giveBack === undefined) {
      return "too many";
    }
    this.#total += 1;
    // Does not keep the process running.
    await sleep(seconds * 1000, undefined, { ref: false });
    this.#total -= 1;
    giveBack();
    return "delayed";
  }
}
