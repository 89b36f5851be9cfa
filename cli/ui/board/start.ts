import type { EngineEvent } from "@pulumi/pulumi/automation";
import { nextSteps, type Operation } from "../../../adapters/pulumi/operation";
import { LabError } from "../../../core/errors";
import { colorsFor, type OutputStream } from "../stream";
import { startTable } from "../table/start";
import { withoutConsequences } from "./findings";
import { type Board, emptyBoard, PHASES, type SeatRow } from "./model";
import { renderOutcome } from "./outcome";
import { reduce, settle } from "./reduce";
import { seatStatus } from "./status";
import { boardTable } from "./table";

export interface BoardOptions {
  /** Where the board is drawn, in practice `process.stderr`: stdout is for results. */
  readonly stream: OutputStream;
  /** Whether the result is read by a program (`--json`): then nothing is drawn. */
  readonly json: boolean;
}

/** A board at work. */
export interface RunningBoard {
  /** Takes an event of the Pulumi engine. */
  readonly onEvent: (event: EngineEvent) => void;
  /** The board as it is now. */
  readonly now: () => Board;
  /**
   * Ends the drawing, whether the operation succeeded or failed: the last board stays, and below it each failure is printed
   * with its whole text, then the warnings and the counts. Gives the final board; a second call changes nothing.
   */
  readonly stop: () => Board;
}

/** Starts showing an `up`, `preview` or `down` as it happens. */
export function startBoard({ stream, json }: BoardOptions): RunningBoard {
  let board = emptyBoard(Date.now());
  let view = json ? undefined : startTable(stream, () => boardTable(board));
  return {
    onEvent(event) {
      board = reduce(board, event, Date.now());
    },
    now: () => board,
    stop() {
      // Some diagnostics come after the summary, at which consequences were sorted out before.
      board = settle(withoutConsequences(board), Date.now());
      if (view !== undefined) {
        view.end();
        view = undefined;
        stream.write(closingLines(board, stream));
      }
      return board;
    },
  };
}

/** Empty when pulumi died before it reported anything: then its own message is what there is to show. */
function closingLines(board: Board, stream: OutputStream): string {
  const isSilent = board.summary === undefined && board.failures.length === 0 && board.warnings.length === 0;
  return isSilent ? "" : `\n${renderOutcome(board, colorsFor(stream))}\n`;
}

/** The error for an operation that Ctrl-C ended: what is done, what is not, and the command to continue. */
export function stoppedOperation(operation: Operation, board: Board, stack: string): LabError {
  return new LabError(`Stopped. ${SUMMARIES[operation](board)}`, { hint: nextSteps(operation, stack) });
}

const SUMMARIES: Readonly<Record<Operation, (board: Board) => string>> = {
  up: ({ seats }) => {
    const ready = seats.filter(isReady);
    const others = seats.filter((row) => !isReady(row));
    return `Ready: ${names(ready)}. Not ready: ${names(others, (row) => ` (${whereItStopped(row)})`)}.`;
  },
  preview: () => "The preview was not finished.",
  destroy: ({ seats }) => {
    const gone = seats.filter((row) => seatStatus(row) === "deleted");
    const others = seats.filter((row) => seatStatus(row) !== "deleted");
    return `Gone: ${names(gone)}. Perhaps still there: ${names(others)}.`;
  },
};

function isReady(row: SeatRow): boolean {
  return ["ready", "unchanged"].includes(seatStatus(row));
}

function whereItStopped({ phases }: SeatRow): string {
  const first = PHASES.find((phase) => !["done", "unchanged"].includes(phases[phase].state));
  return `not done: ${first ?? "its outputs"} and what comes after it`;
}

function names(rows: readonly SeatRow[], more: (row: SeatRow) => string = () => ""): string {
  return rows.map((row) => `${row.name}${more(row)}`).join(", ") || "none";
}
