import { failedAsAWhole, stackFlag } from "../../../adapters/pulumi/operation";
import type { Moves } from "../../../config/moves";
import { isComplete, knownSeats } from "../../../core/class-state/known-seats";
import { type Move, movesOf, planMoves, settingsOf } from "../../../core/class-state/replace-seats";
import type { CommandContext } from "../../../core/command-context";
import { classFailed } from "../../ui/board/status";
import type { PreparedLab } from "../prepare/prepared-lab";
import { type JudgedSeat, judgedSeats } from "../verify/seats";
import { findLostMachines, findUnreached } from "./lost-machines";
import type { UpRun } from "./run-up";
import { type SeatAfterUp, seatsAfterUp } from "./seats-after-up";

type Outcome = JudgedSeat & SeatAfterUp;

/**
 * The class as an `up` leaves it: failed seats on whose nodes nobody can have worked go to spares, and what is left of
 * failures is told with its cause. Throws when more than seats failed.
 */
export async function classAfterUp(context: CommandContext, lab: PreparedLab, run: UpRun): Promise<Outcome[]> {
  const seatsWith = (moved: Moves) => judgedSeats(knownSeats(run.resources, moved), run.resources);
  const { moved } = lab.settings;
  const seats = seatsWith(moved);
  const unreached = findUnreached(lab, seats);
  if (run.outcome === "succeeded") {
    return seatsAfterUp(seats, run.board, new Map(), unreached);
  }
  const lost = await findLostMachines(
    lab,
    seats.filter((seat) => !isComplete(seat)),
  );
  const outcomes = seatsAfterUp(seats, run.board, lost, unreached);
  const failed = new Set(outcomes.filter(({ state }) => state === "failed").map(({ node }) => node));
  if (classFailed(run.board) || failed.size === 0) {
    throw failedAsAWhole(context.options.stack);
  }
  const moves = planMoves(seats, ({ node }) => failed.has(node));
  if (moves.length === 0) {
    return outcomes;
  }
  lab.config.write(settingsOf(moves));
  tell(context, moves, outcomes);
  return seatsAfterUp(seatsWith({ ...moved, ...movesOf(moves) }), run.board, lost, unreached);
}

function tell({ reporter, options }: CommandContext, moves: readonly Move[], outcomes: readonly Outcome[]): void {
  for (const { seat, spare } of moves) {
    const cause = outcomes.find(({ node }) => node === seat.node)?.cause ?? "";
    const goes = `its own, ${seat.node}, failed and goes with the next ./lab up${stackFlag(options.stack)}`;
    reporter.warn(`${seat.seat} is on the spare ${spare.node} now; ${goes}:\n  ${cause.replace("\n", "\n  ")}`);
  }
}
