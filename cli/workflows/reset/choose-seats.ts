import { findSeat, type KnownSeat } from "../../../core/class-state/known-seats";
import { LabError } from "../../../core/errors";

/** The seats that are to be reset, each once. Throws, exit code 2, for a name that is no seat or spare of the lab. */
export function chooseSeats(seats: readonly KnownSeat[], names: readonly string[]): KnownSeat[] {
  const chosen = names.map((name) => {
    const seat = findSeat(seats, name);
    if (seat === undefined || seat.role === "left") {
      const there = seats.filter(({ role }) => role !== "left").map((known) => known.seat);
      throw new LabError(`There is no seat "${name}" to reset.`, {
        exitCode: 2,
        hint: `There are: ${there.join(", ") || "none, the lab is down"}.`,
      });
    }
    return seat;
  });
  return [...new Set(chosen)];
}
