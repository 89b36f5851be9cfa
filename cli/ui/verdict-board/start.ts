import { stepName } from "../../../core/step-name";
import { firstLine, formatDuration, formatElapsed } from "../../../core/text";
import type { StepTitle } from "../../workflows/verify/verdict";
import { startLiveView } from "../live-view";
import { type Colors, colorsFor, drawingStyle, type OutputStream } from "../stream";
import { cellOf, emptyBoard, reduce, settle, type VerdictBoard, type VerdictEvent } from "./model";
import { renderBoard } from "./render";

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

/** With no line for this long, one says what is under way. */
const SILENCE_LIMIT_MS = 30_000;

/** Starts showing how a lesson is performed: redrawn in place on a terminal, in lines elsewhere. */
export function startVerdictBoard(options: VerdictBoardOptions): RunningVerdictBoard {
  const { stream, json, title, seats, steps } = options;
  if (json) {
    return { onEvent: () => undefined, stop: () => undefined };
  }
  const start = emptyBoard(title, seats, steps, Date.now());
  return drawingStyle(stream) === "live" ? liveBoard(stream, start) : plainBoard(stream, start);
}

function liveBoard(stream: OutputStream, start: VerdictBoard): RunningVerdictBoard {
  const colors = colorsFor(stream);
  let board = start;
  const end = startLiveView(stream, (size) => renderBoard(board, { ...size, now: Date.now(), colors }));
  return {
    onEvent(event) {
      board = reduce(board, event, Date.now());
    },
    stop() {
      if (board.endedAt === undefined) {
        board = settle(board, Date.now());
        end();
      }
    },
  };
}

function plainBoard(stream: OutputStream, start: VerdictBoard): RunningVerdictBoard {
  const colors = colorsFor(stream);
  let board = start;
  const print = (line: string): void => void stream.write(`${line}\n`);
  const sayAlive = () => print(aliveLine(board, Date.now()));
  print(beginLine(start));
  const timer = setInterval(sayAlive, SILENCE_LIMIT_MS).unref();
  return {
    onEvent(event) {
      board = reduce(board, event, Date.now());
      const line = eventLine(event, colors);
      if (line !== undefined) {
        print(line);
        timer.refresh();
      }
    },
    stop: () => clearInterval(timer),
  };
}

/** The line that tells what begins. */
function beginLine({ title, seats, steps }: VerdictBoard): string {
  const [only, ...more] = seats;
  const where = only !== undefined && more.length === 0 ? only.seat : `${seats.length} seats`;
  return `${title} on ${where}: ${steps.map(({ id }) => stepName(id)).join(", ")}`;
}

/** The line that tells of an event in a log; undefined for one that is not worth a line. */
function eventLine(event: VerdictEvent, colors: Colors): string | undefined {
  if (event.kind === "stopping") {
    return "stopping, and cleaning up on the nodes";
  }
  if (event.kind !== "step ended") {
    return undefined;
  }
  const { id, outcome, seconds, failure } = event.verdict;
  const found = firstLine(failure?.found ?? "");
  const took = formatDuration(seconds * 1000);
  const name = `${event.seat}  ${stepName(id)}`;
  switch (outcome) {
    case "passed":
      return `${name}  passed in ${took}`;
    case "failed":
      return colors.red(`${name}  failed after ${took}${found === "" ? "" : `: ${found}`}`);
    case "blocked":
      return colors.yellow(`${name}  failed like a step that it needs`);
  }
}

/** One line for the whole class, so that long work never looks dead. */
export function aliveLine(board: VerdictBoard, now: number): string {
  const running = board.seats.flatMap((row) =>
    board.steps.filter(({ id }) => cellOf(row, id).state === "running").map(({ id }) => stepName(id)),
  );
  const under = [...new Set(running)].map((name) => {
    const count = running.filter((other) => other === name).length;
    return count > 1 ? `${name} on ${count} seats` : name;
  });
  const passed = board.seats.filter(({ state }) => state === "passed").length;
  const what = under.length > 0 ? under.join(", ") : "connecting";
  return `at work for ${formatElapsed(now - board.startedAt)}: ${what}; ${passed} of ${board.seats.length} seats passed`;
}
