import { stepName } from "../../../core/step-name";
import { firstLine, formatDuration } from "../../../core/text";
import type { StepVerdict } from "../../../lesson/types";
import { drawingStyle, type OutputStream } from "../../ui/stream";
import { type Cell, countReached, NOT_BEGUN, type Row, type Stage, type Table } from "../../ui/table/model";
import { startTable } from "../../ui/table/start";
import type { StepTitle, VerdictOutcome } from "./verdict";

/** What happens on one seat while a lesson is performed on a class. */
export type VerdictEvent =
  | { readonly kind: "seat started"; readonly seat: string }
  | { readonly kind: "step started"; readonly seat: string; readonly step: string }
  | { readonly kind: "command started"; readonly seat: string; readonly step: string; readonly command: string }
  | { readonly kind: "step ended"; readonly seat: string; readonly verdict: StepVerdict }
  | { readonly kind: "seat ended"; readonly seat: string; readonly outcome: VerdictOutcome };

interface SeatRow extends Row {
  readonly startedAt: number | undefined;
}

/** Seats by steps. */
export interface VerdictTable extends Table {
  readonly rows: readonly SeatRow[];
}

export interface VerdictBoardOptions {
  /** Where the board is drawn, in practice `process.stderr`: stdout is for results. */
  readonly stream: OutputStream;
  /** Whether the result is read by a program (`--json`): then nothing is drawn. */
  readonly json: boolean;
  /** e.g. "lesson". */
  readonly title: string;
  readonly seats: readonly string[];
  readonly steps: readonly StepTitle[];
}

/** A board at work. */
export interface RunningVerdictBoard {
  readonly onEvent: (event: VerdictEvent) => void;
  /** Ends the drawing; the last board stays. A second call changes nothing. */
  readonly stop: () => void;
}

/** Starts showing how a lesson is performed. */
export function startVerdictBoard({ stream, json, title, seats, steps }: VerdictBoardOptions): RunningVerdictBoard {
  if (json) {
    return { onEvent: () => undefined, stop: () => undefined };
  }
  if (drawingStyle(stream) === "plain") {
    const [only = "", ...others] = seats;
    const where = others.length === 0 ? only : `${seats.length} seats`;
    stream.write(`${title} on ${where}: ${steps.map(({ id }) => stepName(id)).join(", ")}\n`);
  }
  let table = verdictTable(title, seats, steps, Date.now());
  const view = startTable(stream, () => table);
  return {
    onEvent(event) {
      table = reduce(table, event, Date.now());
      if (event.kind === "step ended") {
        view.flush();
      }
    },
    stop() {
      if (table.endedAt === undefined) {
        table = { ...table, endedAt: Date.now() };
        view.end();
      }
    },
  };
}

/** The table before the first event. */
export function verdictTable(
  title: string,
  seats: readonly string[],
  steps: readonly StepTitle[],
  startedAt: number,
): VerdictTable {
  const stages = steps.map(stageOf);
  const cells = stages.map((stage) => ({ ...NOT_BEGUN, stage }));
  const rows = seats.map((name) => ({ name, status: "waiting", cells, message: "", startedAt: undefined }) as const);
  const where = seats.length === 1 ? ` on ${seats[0]}` : "";
  return { title: `${title}${where}`, summary: countPassed(rows), startedAt, endedAt: undefined, stages, rows };
}

/** The table after one more event, which came at `at`. */
export function reduce(table: VerdictTable, event: VerdictEvent, at: number): VerdictTable {
  const rows = table.rows.map((row) => (row.name === event.seat ? reduceRow(row, event, at) : row));
  return { ...table, rows, summary: countPassed(rows) };
}

function stageOf({ id, title }: StepTitle): Stage {
  const name = stepName(id);
  return { title: name, shortTitle: name, listTitle: name === id ? title : `${id}  ${title}`, verb: "passed" };
}

function countPassed(rows: readonly Row[]): string {
  const [only, ...others] = rows;
  if (only !== undefined && others.length === 0) {
    const count = (state: Cell["state"]) => only.cells.filter((cell) => cell.state === state).length;
    const total = only.cells.length;
    return countReached(count("done"), total, `${total === 1 ? "step" : "steps"} passed`, count("failed"));
  }
  const count = (status: Row["status"]) => rows.filter((row) => row.status === status).length;
  return countReached(count("passed"), rows.length, "seats passed", count("failed"));
}

function reduceRow(row: SeatRow, event: VerdictEvent, at: number): SeatRow {
  switch (event.kind) {
    case "seat started":
      return { ...row, status: "running", message: "connecting", startedAt: at };
    case "step started":
      return withCell(row, event.step, { state: "running", startedAt: at });
    case "command started":
      return withCell(row, event.step, { detail: firstLine(event.command), detailAt: at });
    case "step ended":
      return endStep(row, event.verdict, at);
    case "seat ended":
      return endSeat(row, event.outcome, at);
  }
}

/** One failed step makes the seat failed, though others may still be performed. */
function endStep(row: SeatRow, { id, outcome, seconds, failure }: StepVerdict, at: number): SeatRow {
  const { startedAt = at } = row.cells.find(({ stage }) => stage.title === stepName(id)) ?? {};
  const detail = outcome === "passed" ? "" : firstLine(failure?.found ?? "");
  const state = outcome === "passed" ? "done" : outcome;
  const ended = withCell(row, id, { state, startedAt, endedAt: startedAt + seconds * 1000, detail });
  return outcome === "failed" ? { ...ended, status: "failed" } : ended;
}

/** Steps under way when the seat came to its end were stopped. */
function endSeat(row: SeatRow, outcome: VerdictOutcome, at: number): SeatRow {
  const took = formatDuration(at - (row.startedAt ?? at));
  const messages = { passed: `passed in ${took}`, failed: `failed after ${took}`, interrupted: "stopped" };
  return {
    ...row,
    status: outcome === "interrupted" ? "stopped" : outcome,
    message: messages[outcome],
    cells: row.cells.map((cell) =>
      cell.state === "running" ? { ...cell, state: "stopped", endedAt: at, detail: "" } : cell,
    ),
  };
}

function withCell(row: SeatRow, step: string, change: Partial<Cell>): SeatRow {
  const title = stepName(step);
  return { ...row, cells: row.cells.map((cell) => (cell.stage.title === title ? { ...cell, ...change } : cell)) };
}
