import { formatDuration, formatElapsed } from "../../../core/text";
import { type Colors, colorsFor, type OutputStream } from "../stream";
import { type Cell, NOT_BEGUN, type Row, type Table, type TableView } from "./model";

const CHECK_INTERVAL_MS = 1000;
/** A stage that takes longer than this gets a line of its own, once. */
const SLOW_AFTER_MS = 15_000;
/** With no line for this long, one says what is under way. */
const SILENCE_LIMIT_MS = 30_000;

/** Reports the table in lines that are only ever appended: for logs and for terminals that cannot move their cursor. */
export function startPlainView(stream: OutputStream, current: () => Table): TableView {
  const colors = colorsFor(stream);
  let shown = current();
  let checkedAt = Date.now();
  let printedAt = checkedAt;
  const printNews = (): void => {
    const now = Date.now();
    const table = current();
    const lines = [...endLines(shown, table, colors), ...slowLines(table, checkedAt, now)];
    if (lines.length === 0 && now - printedAt >= SILENCE_LIMIT_MS) {
      lines.push(aliveLine(table, now));
    }
    printedAt = lines.length > 0 ? now : printedAt;
    stream.write(lines.map((line) => `${line}\n`).join(""));
    shown = table;
    checkedAt = now;
  };
  const timer = setInterval(printNews, CHECK_INTERVAL_MS).unref();
  return {
    flush: printNews,
    end() {
      clearInterval(timer);
      printNews();
      stream.write(
        planLines(shown)
          .map((line) => `${line}\n`)
          .join(""),
      );
    },
  };
}

/** The lines for all that came to an end between two tables; none in a preview, whose plan and failures are printed at its end. */
function endLines(before: Table, after: Table, colors: Colors): string[] {
  if (after.isPreview === true) {
    return [];
  }
  const states = new Map(entriesOf(before).map(({ name, cell }) => [name, cell.state]));
  return entriesOf(after).flatMap(({ name, cell }) => {
    const isNews = cell.state !== (states.get(name) ?? NOT_BEGUN.state);
    return isNews ? (describeEnd(name, cell, colors) ?? []) : [];
  });
}

function describeEnd(name: string, cell: Cell, colors: Colors): string | undefined {
  const took = formatDuration((cell.endedAt ?? 0) - (cell.startedAt ?? 0));
  switch (cell.state) {
    case "done":
      return `${name}  ${cell.stage.verb} in ${took}`;
    case "deleted":
      return `${name}  deleted in ${took}`;
    case "failed":
      return colors.red(`${name}  failed after ${took}${cell.detail === "" ? "" : `: ${cell.detail}`}`);
    case "blocked":
      return colors.yellow(`${name}  blocked: a step that it needs failed`);
    default:
      return undefined;
  }
}

/** What a preview found, one line for each row and kind of change. */
function planLines(table: Table): string[] {
  return rowsOf(table).flatMap(({ name, cells }) => {
    const plans = new Set(cells.flatMap(({ plan }) => plan ?? []));
    return [...plans].map((plan) => {
      const titles = cells.filter((cell) => cell.plan === plan).map(({ stage }) => stage.title);
      return `${name}  to ${plan}: ${titles.join(", ")}`;
    });
  });
}

/** The lines for stages that became slow since the last check. */
function slowLines(table: Table, checkedAt: number, now: number): string[] {
  return entriesOf(table).flatMap(({ name, cell: { state, startedAt = now, detail } }) => {
    const slowFrom = startedAt + SLOW_AFTER_MS;
    const becameSlow = state === "running" && slowFrom > checkedAt && slowFrom <= now;
    const elapsed = formatElapsed(SLOW_AFTER_MS);
    return becameSlow ? [`${name}  still running after ${elapsed}${detail === "" ? "" : `: ${detail}`}`] : [];
  });
}

/** One line for the whole class, so that long work never looks dead. */
function aliveLine(table: Table, now: number): string {
  const counts = new Map<string, number>();
  for (const { cells, status, message } of rowsOf(table)) {
    const running = cells.filter(({ state }) => state === "running").map(({ stage }) => stage.title);
    for (const activity of running.length === 0 && status === "running" ? [message] : running) {
      counts.set(activity, (counts.get(activity) ?? 0) + 1);
    }
  }
  const activities = [...counts].map(([name, count]) => (count > 1 ? `${name} on ${count} seats` : name)).join(", ");
  const parts = [activities, table.summary].filter((part) => part !== "");
  return `at work for ${formatElapsed(now - table.startedAt)}: ${parts.join("; ")}`;
}

function rowsOf({ shared, rows }: Table): readonly Row[] {
  return shared === undefined ? rows : [shared, ...rows];
}

/** All cells, each with its row's and its stage's name. */
function entriesOf(table: Table): { readonly name: string; readonly cell: Cell }[] {
  return rowsOf(table).flatMap((row) => row.cells.map((cell) => ({ name: `${row.name}  ${cell.stage.title}`, cell })));
}
