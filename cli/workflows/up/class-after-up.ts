import { failedAsAWhole } from "../../../adapters/pulumi/operation";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
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
 * failures is reported with its cause. Throws when more than seats failed.
 */
export async function classAfterUp(context: CommandContext, lab: PreparedLab, run: UpRun): Promise<SeatOutcome[]> {
  const { moved } = lab.settings;
  const seats = withMachines(knownSeats(run.resources, moved), run.resources);
  const unreached = findUnreached(lab, seats);
  if (run.outcome === "succeeded") {
    return seatsAfterUp(seats, run.board, new Map(), unreached);
  }
  const incomplete = seats.filter((seat) => !isComplete(seat));
  const lost = await findLostMachines(lab, incomplete);
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
  warnOfMoves(context, moves, outcomes);
  const movedSeats = withMachines(knownSeats(run.resources, { ...moved, ...movesOf(moves) }), run.resources);
  return seatsAfterUp(movedSeats, run.board, lost, unreached);
}

function warnOfMoves({ reporter, options }: CommandContext, moves: readonly Move[], outcomes: readonly SeatOutcome[]) {
  for (const { seat, spare } of moves) {
    const cause = outcomes.find(({ node }) => node === seat.node)?.cause ?? "";
    const removal = `the next ./lab up${stackFlag(options.stack)} removes its own, ${seat.node}, which failed`;
    reporter.warn(`${seat.seat} is on the spare ${spare.node} now; ${removal}:\n  ${cause.replace("\n", "\n  ")}`);
  }
}

/** How a seat stands after an `up`, and when it failed, why: one or two lines. */
export interface SeatAfterUp {
  readonly state: "ready" | "spare" | "left" | "failed";
  readonly cause: string | null;
}

const STATE_WHEN_WELL: Readonly<Record<NodeRole, SeatAfterUp["state"]>> = {
  seat: "ready",
  spare: "spare",
  left: "left",
};

/**
 * The seats with what an `up` made of them. `lost`: what became of machines, by node; said before what pulumi reported.
 * `unreached`: why nodes cannot be reached; such a seat has failed, although nothing failed on it.
 */
export function seatsAfterUp<Seat extends KnownSeat>(
  seats: readonly Seat[],
  board: Board,
  lost: ReadonlyMap<string, string>,
  unreached: ReadonlyMap<string, string> = new Map(),
): (Seat & SeatAfterUp)[] {
  const failed = failedNodes(board);
  return seats.map((seat) => {
    const isWell = seat.role === "left" || (isComplete(seat) && !failed.has(seat.node));
    if (isWell && !unreached.has(seat.node)) {
      return { ...seat, state: STATE_WHEN_WELL[seat.role], cause: null };
    }
    return { ...seat, state: "failed", cause: unreached.get(seat.node) ?? causeFor(seat, board, lost) };
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
  const reported = finding === undefined ? "not finished: what it needs had failed" : causeOf(finding);
  const machine = lost.get(node);
  return machine === undefined || reported.includes(machine) ? reported : `${machine}\n${reported.split("\n")[0]}`;
}

/** As much of a line as fits in a list of seats. */
const LONGEST_LINE = 160;

const PROGRESS = /^phase: /;

/** Below this line a node's message is its log. */
const LOG_FOLLOWS = /^--- the last lines of /;

const NOT_READY = /^node\d+ is not ready: /;

/** What went wrong on a seat, in one or two lines: the node's own message where the gate has one. */
export function causeOf({ text, phase }: Pick<Finding, "text" | "phase">): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const start = lines.findIndex((line) => NOT_READY.test(line));
  const shown = start < 0 ? messageOfPulumi(lines) : messageOfNode(lines.slice(start));
  const [first = "no reason given", second] = shown.map(shortened);
  const where = phase === undefined ? "" : `${phase}: `;
  return second === undefined ? `${where}${first}` : `${where}${first}\n${second}`;
}

function messageOfNode(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => LOG_FOLLOWS.test(line));
  return lines.slice(0, end < 0 ? undefined : end).map((line) => line.replace(NOT_READY, ""));
}

/** Of the gate's progress the last line alone is of use. */
function messageOfPulumi(lines: readonly string[]): string[] {
  const progress = lines.findLast((line) => PROGRESS.test(line));
  // Which command failed is of no use: each resource has one.
  const others = lines.filter((line) => !PROGRESS.test(line)).map((line) => line.replace(/: running "[^"]*":$/, ""));
  return progress === undefined ? others : [...others.slice(0, 1), progress.replace(PROGRESS, "last heard of it: ")];
}

function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 1)}…`;
}
