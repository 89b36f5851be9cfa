import { type KnownSeat, knownSeats } from "../known-seats";
import { openExistingStack } from "../open-stack";
import { renderLab, type SeatText } from "../output/lab-text";
import { readState } from "../pulumi/state";
import { answersSsh } from "../ssh-probe";
import type { CommandContext } from "../surroundings";

/** How many images the lesson has. */
const LESSON_IMAGES = 3;

/** Seats, addresses, engine and images: what the state says, and whether each machine answers right now. */
export async function status(context: CommandContext): Promise<void> {
  const { options, surroundings } = context;
  const { stack, engine } = await openExistingStack(context);
  const seats = await Promise.all(knownSeats(await readState(stack)).map(describeSeat));
  const { kind, version } = engine;
  const text = { stack: options.stack, engine: { kind, version }, seats };
  if (options.json) {
    surroundings.stdout.write(`${JSON.stringify(text, null, 2)}\n`);
    return;
  }
  surroundings.stdout.write(
    seats.length === 0 ? `The lab "${options.stack}" is down. Type ./lab up to make it.\n` : renderLab(text),
  );
}

async function describeSeat(seat: KnownSeat): Promise<SeatText> {
  return { ...seat, state: await seatState(seat) };
}

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
  return seat.images.length < LESSON_IMAGES ? "images missing" : "ready";
}
