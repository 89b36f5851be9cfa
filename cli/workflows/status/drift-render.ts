import { stackFlag } from "../../../adapters/pulumi/operation";
import { describeDrift } from "../../../core/class-state/declared-images";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { Marking } from "./mark";
import type { SeatNow } from "./seat-now";

/** What `status` says of images that are not as they were: a line a seat, and how to go on. */
export function renderDrift(
  seats: readonly (Pick<KnownSeat, "seat"> & SeatNow)[],
  { marking, stack }: { readonly marking: Marking; readonly stack: string },
): string[] {
  const unasked = seats.flatMap(({ seat, unasked }) => (unasked === null ? [] : [`${seat}: ${unasked}`]));
  const drifted = seats.filter(({ drift }) => drift !== null && drift.length > 0);
  if (drifted.length === 0) {
    return unasked;
  }
  const lines = drifted.map(({ seat, drift }) => `${seat}: ${(drift ?? []).map(describeDrift).join(", ")}`);
  return [...unasked, ...lines, NEXT_STEPS[marking](stackFlag(stack))];
}

const NEXT_STEPS: Readonly<Record<Marking, (flag: string) => string>> = {
  mark: (flag) => `marked in the stack's state: the next pulumi up, or ./lab up${flag}, makes them anew`,
  "only look": (flag) =>
    `./lab up${flag} makes them anew; for plain pulumi up, mark them first: ./lab status${flag} --mark`,
};
