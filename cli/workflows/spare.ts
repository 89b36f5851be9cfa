import { openExistingStack } from "../../adapters/pulumi/open-stack";
import { stackFlag } from "../../adapters/pulumi/stack-flag";
import { readState } from "../../adapters/pulumi/state";
import { answersSsh } from "../../adapters/ssh/options";
import { findSeat, type KnownSeat, knownSeats } from "../../core/class-state/known-seats";
import { freeSpares, type Move, settingsOf } from "../../core/class-state/replace-seats";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { noSuchSeat, seatsHint } from "./class-seats";
import { wantedConfig } from "./configure/wanted-config";

/** Moves a seat to a spare that is ready. Only the config changes: no machine is touched, and the old one stays until the next `up`. */
export async function spare(context: CommandContext, name: string): Promise<void> {
  const { runtime, options } = context;
  const { stack, config } = await openExistingStack(context);
  const settings = wantedConfig(config, new Map());
  const seats = knownSeats(await readState(stack), settings.moved);
  const seat = chooseSeat(seats, name);
  const found = await firstThatAnswers(freeSpares(seats));
  if (found === undefined) {
    throw noSpare(seats, seat, settings.spares, options.stack);
  }
  const move = { seat, spare: found };
  config.write(settingsOf([move]));
  runtime.stdout.write(
    options.json ? `${JSON.stringify(describe(options.stack, move), null, 2)}\n` : render(options.stack, move),
  );
}

/** The seat to move. Throws, exit code 2, for what is none. */
function chooseSeat(seats: readonly KnownSeat[], name: string): KnownSeat {
  const seat = findSeat(seats, name);
  const students = seats.filter(({ role }) => role === "seat");
  if (seat === undefined) {
    throw noSuchSeat([name], students);
  }
  if (seat.role !== "seat") {
    throw new LabError(`${seat.seat} is not a student's seat.`, { exitCode: 2, hint: seatsHint(students) });
  }
  return seat;
}

async function firstThatAnswers(spares: readonly KnownSeat[]): Promise<KnownSeat | undefined> {
  for (const candidate of spares) {
    if (candidate.ssh !== undefined && (await answersSsh(candidate.ssh))) {
      return candidate;
    }
  }
  return undefined;
}

function noSpare(seats: readonly KnownSeat[], { seat }: KnownSeat, spares: number, stack: string): LabError {
  const flag = stackFlag(stack);
  const unready = seats.filter(({ role }) => role === "spare").map((known) => known.seat);
  return unready.length === 0
    ? new LabError(`There is no spare left for ${seat}.`, {
        hint: `Add one: ./lab up${flag} --spares ${spares + 1}. Or recreate the machine of ${seat}, including its disk: ./lab up${flag} --replace ${seat}`,
      })
    : new LabError(`There is no spare for ${seat} that is ready and answers (${unready.join(", ")}).`, {
        hint: `Run ./lab up${flag} to repair them.`,
      });
}

function describe(stack: string, move: Move) {
  return { stack, seat: move.seat.seat, node: move.spare.node, ssh: move.spare.ssh ?? null, left: move.seat.node };
}

function render(stack: string, move: Move): string {
  const { seat, node, ssh, left } = describe(stack, move);
  const flag = stackFlag(stack);
  return [
    `${seat} is on ${node} now: ${ssh?.user}@${ssh?.host}:${ssh?.port}. What was done on its old node is not there.`,
    `The old one, ${left}, is left alone until the next ./lab up${flag}, which removes it: ./lab ssh${flag} ${left}`,
    "",
  ].join("\n");
}
