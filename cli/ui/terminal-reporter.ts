import { createLogUpdate } from "log-update";
import type { Reporter } from "../../core/command-context";
import { terminalText } from "../../core/safe-output";
import {
  clip,
  formatDuration,
  formatElapsed,
  lastLine,
  REDRAW_INTERVAL_MS,
  spinnerAt,
  textWidth,
} from "../../core/text";
import { type Colors, colorsFor, type OutputStream, terminalOf } from "./stream";

interface RunningTask {
  readonly title: string;
  readonly startedAt: number;
  detail: string;
}

/** One live line per running task, redrawn in place; what ended stays above as `✓ title  12 s` or `✗ title  12 s`. */
export function terminalReporter(stream: OutputStream): Reporter {
  const colors = colorsFor(stream);
  const lines = new LiveLines(stream, colors);
  return {
    async task(title, work) {
      const task: RunningTask = { title, startedAt: Date.now(), detail: "" };
      lines.add(task);
      const finish = (mark: string): void =>
        lines.remove(task, `${mark} ${title}  ${colors.dim(formatDuration(Date.now() - task.startedAt))}`);
      try {
        const result = await work((detail) => {
          task.detail = lastLine(detail);
        });
        finish(colors.green("✓"));
        return result;
      } catch (error) {
        finish(colors.red("✗"));
        throw error;
      }
    },
    info: (line) => lines.print(line),
    warn: (line) => lines.print(`${colors.yellow("warning:")} ${line}`),
  };
}

/** The running tasks at the bottom of the terminal, and permanent lines above them. */
class LiveLines {
  readonly #stream: OutputStream;
  readonly #colors: Colors;
  readonly #draw: ReturnType<typeof createLogUpdate>;
  readonly #tasks = new Set<RunningTask>();
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: OutputStream, colors: Colors) {
    this.#stream = stream;
    this.#colors = colors;
    this.#draw = createLogUpdate(terminalOf(stream));
  }

  add(task: RunningTask): void {
    this.#tasks.add(task);
    this.#timer ??= setInterval(() => this.#redraw(), REDRAW_INTERVAL_MS).unref();
    this.#redraw();
  }

  remove(task: RunningTask, lastWord: string): void {
    this.#tasks.delete(task);
    this.print(lastWord);
    if (this.#tasks.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#draw.done();
    }
  }

  print(line: string): void {
    if (this.#tasks.size > 0 || this.#timer !== undefined) {
      this.#draw.clear();
    }
    this.#stream.write(`${line}\n`);
    if (this.#tasks.size > 0) {
      this.#redraw();
    }
  }

  #redraw(): void {
    const now = Date.now();
    this.#draw(terminalText([...this.#tasks].map((task) => this.#line(task, now)).join("\n")));
  }

  #line(task: RunningTask, now: number): string {
    // One column stays free: a line that fills the last one makes some terminals wrap.
    const columns = (this.#stream.columns || 80) - 1;
    const elapsed = formatElapsed(now - task.startedAt);
    const title = clip(task.title, columns - elapsed.length - 4);
    const room = columns - textWidth(title) - elapsed.length - 6;
    const detail = task.detail !== "" && room > 3 ? `  ${clip(task.detail, room)}` : "";
    return `${this.#colors.cyan(spinnerAt(now))} ${title}${this.#colors.dim(`${detail}  ${elapsed}`)}`;
  }
}
