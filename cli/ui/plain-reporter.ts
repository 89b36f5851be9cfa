import type { Reporter } from "../../core/command-context";
import { formatDuration, formatElapsed, lastLine } from "../../core/text";
import { type Colors, colorsFor, type OutputStream } from "./stream";

/** How often a running task may add a line. */
const DETAIL_INTERVAL_MS = 10_000;
/** After this long without a new detail a task says that it is still at work. */
const SILENCE_LIMIT_MS = 30_000;

interface RunningTask {
  readonly title: string;
  readonly startedAt: number;
  detail: string;
  printedDetail: string;
  printedAt: number;
}

/** Lines only: a task's start and end, its detail at most every 10 s, and a sign of life every 30 s. For logs. */
export function plainReporter(stream: OutputStream): Reporter {
  const colors = colorsFor(stream);
  const print = (line: string): void => void stream.write(`${line}\n`);
  return {
    task: (title, work) => runTask(title, work, print, colors),
    info: print,
    warn: (line) => print(`${colors.yellow("warning:")} ${line}`),
  };
}

async function runTask<T>(
  title: string,
  work: (update: (detail: string) => void) => Promise<T>,
  print: (line: string) => void,
  colors: Colors,
): Promise<T> {
  const startedAt = Date.now();
  const task: RunningTask = { title, startedAt, detail: "", printedDetail: "", printedAt: startedAt };
  print(`${title} ...`);
  const timer = setInterval(() => printProgress(task, print), DETAIL_INTERVAL_MS);
  timer.unref();
  try {
    const result = await work((detail) => {
      task.detail = lastLine(detail);
    });
    print(`${colors.green("✓")} ${title}  ${formatDuration(Date.now() - startedAt)}`);
    return result;
  } catch (error) {
    print(`${colors.red("✗")} ${title}  failed after ${formatDuration(Date.now() - startedAt)}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

function printProgress(task: RunningTask, print: (line: string) => void): void {
  const now = Date.now();
  const hasNewDetail = task.detail !== task.printedDetail;
  if (!hasNewDetail && now - task.printedAt < SILENCE_LIMIT_MS) {
    return;
  }
  const said = hasNewDetail ? task.detail : `still at work${task.detail === "" ? "" : `, last: ${task.detail}`}`;
  print(`  ${task.title}: ${said} (${formatElapsed(now - task.startedAt)})`);
  task.printedDetail = task.detail;
  task.printedAt = now;
}

/** Says nothing: for `--json`, where whoever reads is a program. */
export function silentReporter(): Reporter {
  return {
    task: (_title, work) => work(() => undefined),
    info: () => undefined,
    warn: () => undefined,
  };
}
