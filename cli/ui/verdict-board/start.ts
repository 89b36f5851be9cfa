import type { StepTitle } from "../../workflows/verify/verdict";
import { startLiveView } from "../live-view";
import { colorsFor, drawingStyle, type OutputStream } from "../stream";
import { emptyBoard, type VerdictBoard, type VerdictEvent } from "./model";
import { aliveLine, beginLine, eventLine } from "./plain";
import { reduce, settle } from "./reduce";
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
