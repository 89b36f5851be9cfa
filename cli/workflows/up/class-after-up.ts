import { failedAsAWhole, stackFlag } from "../../../adapters/pulumi/operation";
import type { Moves } from "../../../config/moves";
import { isComplete, type KnownSeat, knownSeats, type NodeRole } from "../../../core/class-state/known-seats";
import { type Move, movesOf, planMoves, settingsOf } from "../../../core/class-state/replace-seats";
import type { CommandContext } from "../../../core/command-context";
import type { Board, Finding } from "../../ui/board/model";
import { classFailed, failedSeats } from "../../ui/board/status";
import { type SeatWithMachine, withMachines } from "../class-seats";
import type { PreparedLab } from "../prepare/prepared-lab";
import { findLostMachines, findUnreached } from "./lost-machines";
import type { UpRun } from "./run-up";

/** A seat at the end of an `up`. */
export type SeatOutcome = SeatWithMachine & SeatAfterUp;

/**
 * The class as an `up` leaves it: failed seats on whose nodes nobody can have worked go to spares, and what is left of
 * failures is told with its cause. Throws when more than seats failed.
 */
export async function classAfterUp(context: CommandContext, lab: PreparedLab, run: UpRun): Promise<SeatOutcome[]> {
  const seatsWith = (moved: Moves) => withMachines(knownSeats(run.resources, moved), run.resources);
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

function tell({ reporter, options }: CommandContext, moves: readonly Move[], outcomes: readonly SeatOutcome[]): void {
  for (const { seat, spare } of moves) {
    const cause = outcomes.find(({ node }) => node === seat.node)?.cause ?? "";
    const goes = `its own, ${seat.node}, failed and goes with the next ./lab up${stackFlag(options.stack)}`;
    reporter.warn(`${seat.seat} is on the spare ${spare.node} now; ${goes}:\n  ${cause.replace("\n", "\n  ")}`);
  }
}

/** How a node stands after an `up`. */
type StateAfterUp = "ready" | "spare" | "left" | "failed";

/** How a seat stands after an `up`, and when it failed, why: one or two lines. */
export interface SeatAfterUp {
  readonly state: StateAfterUp;
  readonly cause: string | null;
}

const STATE_WHEN_WELL: Readonly<Record<NodeRole, StateAfterUp>> = { seat: "ready", spare: "spare", left: "left" };

/**
 * The seats with what an `up` made of them. What became of a machine itself (`lost`, by node) is said before what the
 * engine made of it. Nobody can say that a seat which cannot be reached is well (`unreached`, by node), although nothing failed.
 */
export function seatsAfterUp<Seat extends KnownSeat>(
  seats: readonly Seat[],
  board: Board,
  lost: ReadonlyMap<string, string>,
  unreached: ReadonlyMap<string, string> = new Map(),
): (Seat & SeatAfterUp)[] {
  const failed = failedNodes(board);
  return seats.map((seat) => {
    const silence = unreached.get(seat.node);
    if (silence !== undefined) {
      return { ...seat, state: "failed", cause: silence };
    }
    const isWell = seat.role === "left" || (isComplete(seat) && !failed.has(seat.node));
    return isWell
      ? { ...seat, state: STATE_WHEN_WELL[seat.role], cause: null }
      : { ...seat, state: "failed", cause: causeFor(seat, board, lost) };
  });
}

/** Pulumi names of the nodes on which something failed. */
function failedNodes(board: Board): ReadonlySet<string> {
  const rows = new Set(failedSeats(board));
  return new Set(board.seats.filter(({ name }) => rows.has(name)).map(({ node }) => node));
}

function causeFor({ node }: KnownSeat, board: Board, lost: ReadonlyMap<string, string>): string {
  const row = board.seats.find((candidate) => candidate.node === node)?.name;
  const finding = board.failures.find((candidate) => candidate.row === row);
  const engine = finding === undefined ? "not finished: what it needs had failed" : causeOf(finding);
  const machine = lost.get(node);
  return machine === undefined || engine.includes(machine) ? engine : `${machine}\n${engine.split("\n")[0]}`;
}

/** As much of a line as a list of seats has room for. */
const LONGEST_LINE = 160;

const PROGRESS = /^phase: /;

/** Under this line a node's words are its log. */
const LOG_FOLLOWS = /^--- the last lines of /;

/** What went wrong on a seat, in one or two lines: the node's own words where the gate has them. */
export function causeOf({ text, phase }: Pick<Finding, "text" | "phase">): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const said = lines.findIndex((line) => /^node\d+ is not ready: /.test(line));
  const told = said < 0 ? wordsOfEngine(lines) : wordsOfNode(lines.slice(said));
  const [first = "no reason given", second] = told.map(shortened);
  const where = phase === undefined ? "" : `${phase}: `;
  return second === undefined ? `${where}${first}` : `${where}${first}\n${second}`;
}

function wordsOfNode(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => LOG_FOLLOWS.test(line));
  const words = end < 0 ? lines : lines.slice(0, end);
  return words.map((line) => line.replace(/^node\d+ is not ready: /, ""));
}

/** What the gate had told of its progress is of use in its last line alone. */
function wordsOfEngine(lines: readonly string[]): string[] {
  const progress = lines.filter((line) => PROGRESS.test(line)).at(-1);
  const words = lines.filter((line) => !PROGRESS.test(line)).map(withoutCommand);
  return progress === undefined ? words : [...words.slice(0, 1), progress.replace(PROGRESS, "last heard of it: ")];
}

/** Which command it was that failed tells nothing: of ours there is one a resource. */
function withoutCommand(line: string): string {
  return line.replace(/: running "[^"]*":$/, "");
}

function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 1)}…`;
}
