import { findSeat, type KnownSeat } from "../../../core/class-state/known-seats";
import { LabError } from "../../../core/errors";
import type { StepTitle } from "./verdict";

/** The seats that were named, in the class's order; all of them, spares too, when none was. Throws, exit code 2, for one there is not. */
export function chooseSeats(seats: readonly KnownSeat[], names: readonly string[]): readonly KnownSeat[] {
  if (seats.length === 0) {
    throw new LabError("This lab has no seats: it is down.", { hint: "Type ./lab up to make it." });
  }
  const unknown = names.filter((name) => findSeat(seats, name) === undefined);
  if (unknown.length > 0) {
    throw new LabError(`There is no seat ${unknown.map((name) => `"${name}"`).join(", ")}.`, {
      exitCode: 2,
      hint: `There are: ${seats.map(({ seat }) => seat).join(", ")}.`,
    });
  }
  const chosen = new Set(names.map((name) => findSeat(seats, name)));
  return seats.filter((seat) => (names.length === 0 ? seat.role !== "left" : chosen.has(seat)));
}

/** The ids that were named, each once; undefined, which means every step, when none was. Throws, exit code 2, for one there is not. */
export function chooseSteps(steps: readonly StepTitle[], ids: readonly string[]): readonly string[] | undefined {
  const unknown = ids.filter((id) => steps.every((step) => step.id !== id));
  if (unknown.length > 0) {
    const there = steps.map(({ id, title }) => `  ${id}  ${title}`).join("\n");
    throw new LabError(`There is no step ${unknown.map((id) => `"${id}"`).join(", ")}.`, {
      exitCode: 2,
      hint: `There are:\n${there}`,
    });
  }
  return ids.length === 0 ? undefined : steps.map(({ id }) => id).filter((id) => ids.includes(id));
}
