import { labLock } from "../../config/lock";
import { movesIn } from "../../config/moves";
import { isComplete, type KnownSeat, knownSeats } from "../known-seats";
import { movedPackages, warnOfMovedPackages } from "../lock/packages";
import { openExistingStack } from "../open-stack";
import { renderLab, type SeatText } from "../output/lab-text";
import { stackFlag } from "../pulumi/operation";
import { readState } from "../pulumi/state";
import { answersSsh } from "../ssh-probe";
import type { CommandContext } from "../surroundings";
import { judgedSeats } from "../verify/seats";
import { withVerdicts } from "../verify/shown-verdict";

/** Seats, addresses, engine, images and verdicts: what the state says, and whether each machine answers right now. */
export async function status(context: CommandContext): Promise<void> {
  const { options, surroundings } = context;
  const { stack, engine, config } = await openExistingStack(context);
  const resources = await readState(stack);
  const known = withVerdicts(context, judgedSeats(knownSeats(resources, movesIn(config.read())), resources));
  const seats: SeatText[] = await Promise.all(known.map(async (seat) => ({ ...seat, state: await seatState(seat) })));
  const { kind, version } = engine;
  const text = { stack: options.stack, engine: { kind, version }, seats };
  const packages = movedPackages(seats, labLock().packages);
  if (options.json) {
    surroundings.stdout.write(`${JSON.stringify({ ...text, movedPackages: packages }, null, 2)}\n`);
    return;
  }
  surroundings.stdout.write(
    seats.length === 0 ? `The lab "${options.stack}" is down. Type ./lab up to make it.\n` : renderLab(text),
  );
  warnOfMovedPackages(context.reporter, packages);
  warnOfUnreachable(context, seats);
}

function warnOfUnreachable({ reporter, options }: CommandContext, seats: readonly SeatText[]): void {
  const silent = seats.filter(({ state }) => state === "unreachable").map(({ seat }) => seat);
  if (silent.length > 0) {
    const [verb, them] = silent.length === 1 ? ["does", "it"] : ["do", "them"];
    reporter.warn(`${silent.join(", ")} ${verb} not answer. ./lab up${stackFlag(options.stack)} mends ${them}`);
  }
}

/** What a node is that works, and is nobody's. */
const STATE_OF_ROLE = { spare: "spare", left: "left" } as const;

async function seatState(seat: KnownSeat): Promise<string> {
  if (seat.ssh === undefined) {
    return "not made";
  }
  if (!(await answersSsh(seat.ssh))) {
    return "unreachable";
  }
  if (seat.ready === undefined) {
    return "not ready";
  }
  if (!isComplete(seat)) {
    return "images missing";
  }
  return seat.role === "seat" ? "ready" : STATE_OF_ROLE[seat.role];
}
