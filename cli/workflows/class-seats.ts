import { openExistingStack } from "../../adapters/pulumi/open-stack";
import { stackFlag } from "../../adapters/pulumi/stack-flag";
import { readState } from "../../adapters/pulumi/state";
import { movesIn } from "../../config/moves";
import { type KnownSeat, knownSeats, machineOf } from "../../core/class-state/known-seats";
import type { StateResource } from "../../core/class-state/state-resource";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";

/** A seat, and the id of the machine that it has now; null while it has none. */
export interface SeatWithMachine extends KnownSeat {
  readonly machine: string | null;
}

/** The seats with the machines that they have in the stack's state. */
export function withMachines(seats: readonly KnownSeat[], resources: readonly StateResource[]): SeatWithMachine[] {
  return seats.map((seat) => ({ ...seat, machine: machineOf(seat.node, resources) }));
}

/** The seats of the command's stack. */
export async function readSeats(context: CommandContext): Promise<readonly KnownSeat[]> {
  const { stack, config } = await openExistingStack(context);
  return knownSeats(await readState(stack), movesIn(config.read()));
}

/** Throws when the lab has no seats. */
export function requireSeats(seats: readonly KnownSeat[], stack: string): void {
  if (seats.length === 0) {
    throw new LabError("This lab has no seats: it is down.", { hint: createHint(stack) });
  }
}

/** The error, exit code 2, for names that are no seat's. `seats` are those that may be named. */
export function noSuchSeat(names: readonly string[], seats: readonly KnownSeat[]): LabError {
  return new LabError(`There is no seat ${names.map((name) => `"${name}"`).join(", ")}.`, {
    exitCode: 2,
    hint: seatsHint(seats),
  });
}

/** "This lab has: seat01, seat02." */
export function seatsHint(seats: readonly KnownSeat[]): string {
  return `This lab has: ${seats.map(({ seat }) => seat).join(", ") || "no seats, it is down"}.`;
}

/** How a seat's node is reached. Throws for a seat without a machine. */
export function sshOf({ seat, ssh }: KnownSeat, stack: string): NonNullable<KnownSeat["ssh"]> {
  if (ssh === undefined) {
    throw new LabError(`${seat} has no machine yet.`, { hint: createHint(stack) });
  }
  return ssh;
}

function createHint(stack: string): string {
  return `Run ./lab up${stackFlag(stack)} to create it.`;
}
