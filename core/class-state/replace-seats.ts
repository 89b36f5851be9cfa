import type { Moves } from "../../config/moves";
import { LabError } from "../errors";
import { findSeat, knownSeats } from "./known-seats";
import type { StateResource } from "./state-resource";

/**
 * Arguments that have pulumi make the machines of these seats anew, disk and all; what lives on a machine follows it.
 * Throws, exit code 2, for a name that is no seat of the lab.
 */
export function replacementArguments(
  resources: readonly StateResource[],
  moved: Moves,
  names: readonly string[],
): string[] {
  return nodesToReplace(resources, moved, names).flatMap((node) => {
    const machine = [node, `${node}-docker-data`];
    return resources
      .filter((resource) => resource.id !== undefined && machine.includes(resource.name))
      .flatMap(({ urn }) => ["--replace", urn]);
  });
}

/** The nodes of the seats with these names. Throws, exit code 2, for a name that is no seat of the lab. */
export function nodesToReplace(resources: readonly StateResource[], moved: Moves, names: readonly string[]): string[] {
  const seats = knownSeats(resources, moved);
  return names.map((name) => {
    const seat = findSeat(seats, name);
    if (seat === undefined) {
      const there = seats.map((known) => known.seat).join(", ") || "none, the lab is down";
      throw new LabError(`There is no seat "${name}" to replace.`, { exitCode: 2, hint: `There are: ${there}.` });
    }
    return seat.node;
  });
}
