import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { readState } from "../../../adapters/pulumi/state";
import { labLock } from "../../../config/lock";
import { movesIn } from "../../../config/moves";
import { knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { mapBounded } from "../../../core/limits";
import { renderLab, type SeatText } from "../../ui/lab-text";
import { withMachines } from "../class-seats";
import { movedPackages, warnOfMovedPackages } from "../lock/packages";
import { portalNow } from "../portal/machine";
import { ASKED_AT_A_TIME } from "../up/pulumi-up";
import { withVerdicts } from "../verify/last-verdicts";
import { type Marking, markDrift, renderDrift, seatNow } from "./seat-now";

/** Seats, addresses, engine, images and verdicts: what the state says, whether each machine answers, and what images it has. */
export async function status(context: CommandContext, marking: Marking): Promise<void> {
  const { options, runtime, reporter } = context;
  const { stack, engine, config } = await openExistingStack(context);
  const resources = await readState(stack);
  const known = withVerdicts(context, withMachines(knownSeats(resources, movesIn(config.read())), resources));
  const seats = await mapBounded(known, ASKED_AT_A_TIME, async (seat) => ({
    ...seat,
    ...(await seatNow(context, seat, resources)),
  }));
  const { kind, version } = engine;
  const text = { stack: options.stack, engine: { kind, version }, seats, ...(await portalNow(resources)) };
  const packages = movedPackages(seats, labLock().packages);
  const marked = marking === "mark" ? await markDrift(stack, seats) : [];
  if (options.json) {
    runtime.stdout.write(`${JSON.stringify({ ...text, movedPackages: packages, marked }, null, 2)}\n`);
    return;
  }
  runtime.stdout.write(
    seats.length === 0
      ? `The lab "${options.stack}" is down. Run ./lab up${stackFlag(options.stack)} to create it.\n`
      : renderLab(text),
  );
  renderDrift(seats, { marking, stack: options.stack }).forEach(reporter.warn);
  warnOfMovedPackages(reporter, packages);
  warnOfUnreachable(context, seats);
}

function warnOfUnreachable({ reporter, options }: CommandContext, seats: readonly SeatText[]): void {
  const unreachable = seats.filter(({ state }) => state === "unreachable").map(({ seat }) => seat);
  if (unreachable.length > 0) {
    const [verb, them] = unreachable.length === 1 ? ["does", "it"] : ["do", "them"];
    reporter.warn(`${unreachable.join(", ")} ${verb} not answer. ./lab up${stackFlag(options.stack)} recovers ${them}`);
  }
}
