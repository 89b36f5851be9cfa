import type { Reporter } from "../../core/command-context";
import { clip, formatDuration, formatElapsed, lastLine, spinnerAt, textWidth } from "../../core/text";
import { startLiveView, writeAbove } from "./live-view";
import { type Colors, colorsFor, drawingStyle, type OutputStream } from "./stream";

/** How often a running task may add a line to a log. */
const DETAIL_INTERVAL_MS = 10_000;
/** After this long without a new detail a log says that a task is still at work. */
const SILENCE_LIMIT_MS = 30_000;

interface RunningTask {
  readonly title: string;
  readonly startedAt: number;
  detail: string;
}

/** Shows that a task is running; gives the function that ends this. */
type ShowTask = (task: RunningTask) => () => void;

export interface ReporterOptions {
  /** Where progress goes, in practice `process.stderr`: stdout is for results. */
  readonly stream: OutputStream;
  /** Whether the result is read by a program (`--json`): then nothing is written on the way. */
  readonly json: boolean;
}

/** The reporter that suits the output: live lines on a terminal, plain lines in a log, silence with `--json`. */
export function createReporter({ stream, json }: ReporterOptions): Reporter {
  if (json) {
    return silentReporter();
  }
  return drawingStyle(stream) === "live" ? terminalReporter(stream) : plainReporter(stream);
}

/** Writes nothing: for `--json`, whose output a program reads. */
export function silentReporter(): Reporter {
  return {
    task: (_title, work) => work(() => undefined),
    info: () => undefined,
    warn: () => undefined,
  };
}

/** Lines only: a task's start and end, its detail at most every 10 s, and a sign of life every 30 s. For logs. */
export function plainReporter(stream: OutputStream): Reporter {
  return lineReporter(stream, (task) => {
    stream.write(`${task.title} ...\n`);
    let printed = { detail: "", at: task.startedAt };
    const printProgress = (): void => {
      const { title, startedAt, detail } = task;
      const now = Date.now();
      const hasNewDetail = detail !== printed.detail;
      if (hasNewDetail || now - printed.at >= SILENCE_LIMIT_MS) {
        const news = hasNewDetail ? detail : `still at work${detail === "" ? "" : `, last: ${detail}`}`;
        stream.write(`  ${title}: ${news} (${formatElapsed(now - startedAt)})\n`);
        printed = { detail, at: now };
      }
    };
    const timer = setInterval(printProgress, DETAIL_INTERVAL_MS).unref();
    return () => clearInterval(timer);
  });
}

/** One live line for each running task, redrawn in place; what ended stays above. */
export function terminalReporter(stream: OutputStream): Reporter {
  const colors = colorsFor(stream);
  const running = new Set<RunningTask>();
  let endView: (() => void) | undefined;
  return lineReporter(stream, (task) => {
    running.add(task);
    endView ??= startLiveView(stream, ({ columns }) =>
      [...running].map((each) => taskLine(each, columns, colors)).join("\n"),
    );
    return () => {
      running.delete(task);
      if (running.size === 0) {
        endView?.();
        endView = undefined;
      }
    };
  });
}

function taskLine({ title, startedAt, detail }: RunningTask, columns: number, colors: Colors): string {
  const now = Date.now();
  const elapsed = formatElapsed(now - startedAt);
  // One column stays free: a line that fills the last one makes some terminals wrap.
  const shownTitle = clip(title, columns - 1 - elapsed.length - 4);
  const detailWidth = columns - 1 - textWidth(shownTitle) - elapsed.length - 6;
  const shownDetail = detail !== "" && detailWidth > 3 ? `  ${clip(detail, detailWidth)}` : "";
  return `${colors.cyan(spinnerAt(now))} ${shownTitle}${colors.dim(`${shownDetail}  ${elapsed}`)}`;
}

/** A reporter whose tasks end with a line that stays: `✓ title  12 s` or `✗ title  failed after 12 s`. */
function lineReporter(stream: OutputStream, show: ShowTask): Reporter {
  const colors = colorsFor(stream);
  const print = (line: string): void => writeAbove(stream, `${line}\n`);
  return {
    async task(title, work) {
      const task: RunningTask = { title, startedAt: Date.now(), detail: "" };
      const took = () => formatDuration(Date.now() - task.startedAt);
      const hide = show(task);
      try {
        const result = await work((detail) => {
          task.detail = lastLine(detail);
        });
        hide();
        print(`${colors.green("✓")} ${title}  ${took()}`);
        return result;
      } catch (error) {
        hide();
        print(`${colors.red("✗")} ${title}  failed after ${took()}`);
        throw error;
      }
    },
    info: print,
    warn: (line) => print(`${colors.yellow("warning:")} ${line}`),
  };
}
