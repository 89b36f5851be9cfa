/** Limits the number of open items per owner. */
export class CountLimit {
  readonly #counts = new Map<string, number>();

  /** Adds an item of an owner. Returns a function that removes it, or undefined if the owner already has `most`. */
  take(owner: string, most: number): (() => void) | undefined {
    const count = this.#counts.get(owner) ?? 0;
    if (count >= most) {
      return undefined;
    }
    this.#counts.set(owner, count + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) {
        return;
      }
      isTaken = false;
      const left = (this.#counts.get(owner) ?? 1) - 1;
      if (left > 0) {
        this.#counts.set(owner, left);
      } else {
        this.#counts.delete(owner);
      }
    };
  }
}
