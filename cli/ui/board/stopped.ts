import { nextSteps, type Operation } from "../../../adapters/pulumi/operation";
import { LabError } from "../../../core/errors";
import { type Board, PHASES, type SeatRow } from "./model";
import { seatStatus } from "./status";

/** The error for an operation that Ctrl-C ended: what is done, what is not, and the command to go on. */
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
