import { formatDuration, formatElapsed } from "../../../core/text";
import { colorsFor, type OutputStream } from "../stream";
import type { Drawer } from "./live";
import { type Board, CLASS_ROW, PHASES, type Progress } from "./model";
import { firstFailureLine, seatStatus } from "./status";

/** How often the board is looked at. */
const LOOK_INTERVAL_MS = 1000;
/** A phase that takes longer than this gets a line of its own, once. */
const SLOW_AFTER_MS = 15_000;
/** With no line for this long, one says what is under way. */
const SILENCE_LIMIT_MS = 30_000;

/** What a phase is called when it ended well, by phase and by what was done. */
const DONE_VERB: Readonly<Record<string, string>> = {
  machine: "created",
  "cloud-init": "finished",
  Docker: "ready",
  "base images": "loaded",
  figlet: "built",
  "hello:v0.1": "built",
  "hello:v0.2": "built",
};

interface Entry {
  readonly row: string;
  readonly title: string;
  readonly progress: Progress;
}

/** The lines for all that came to an end between two boards. Nothing is said of what was left as it is. */
function endLines(before: Board, after: Board): readonly string[] {
  if (after.mode === "preview") {
    return [];
  }
  const previous = new Map(entriesOf(before).map((entry) => [keyOf(entry), entry.progress.state]));
  return entriesOf(after).flatMap((entry) => {
    const { state } = entry.progress;
    const isNews =
      state !== previous.get(keyOf(entry)) && (state === "done" || state === "failed" || state === "deleted");
    return isNews ? [`${entry.row}  ${entry.title}  ${describeEnd(entry, after)}`] : [];
  });
}

/** What a preview found, one line for each seat (or shared resource) and kind of change. */
function previewLines(board: Board): readonly string[] {
  const planned = new Map<string, string[]>();
  for (const { row, title, progress } of entriesOf(board)) {
    if (progress.state === "done" || progress.state === "deleted") {
      const key = `${row}  to ${progress.change}`;
      planned.set(key, [...(planned.get(key) ?? []), title]);
    }
  }
  return [...planned].map(([key, titles]) => `${key}: ${titles.join(", ")}`);
}

/** The lines for phases that became slow between two looks. */
function slowLines(board: Board, lookedAt: number, now: number): readonly string[] {
  return entriesOf(board).flatMap(({ row, title, progress }) => {
    const slowFrom = (progress.startedAt ?? now) + SLOW_AFTER_MS;
    const becameSlow = progress.state === "running" && slowFrom > lookedAt && slowFrom <= now;
    const detail = progress.detail === "" ? "" : `: ${progress.detail}`;
    return becameSlow ? [`${row}  ${title}  still running after ${formatElapsed(SLOW_AFTER_MS)}${detail}`] : [];
  });
}

/** One line for the whole class, so that long work never looks dead. */
function aliveLine(board: Board, now: number): string {
  const running = entriesOf(board).filter((entry) => entry.progress.state === "running");
  const counts = new Map<string, number>();
  for (const { title } of running) {
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  const under = [...counts].map(([title, count]) => (count > 1 ? `${title} on ${count} seats` : title));
  const ready = board.seats.filter((row) => ["ready", "unchanged"].includes(seatStatus(row))).length;
  const what = under.length > 0 ? under.join(", ") : "the engine";
  const seats = board.seats.length > 0 ? `; ${ready} of ${board.seats.length} seats ready` : "";
  return `at work for ${formatElapsed(now - board.startedAt)}: ${what}${seats}`;
}

/** The board told in lines that are only ever appended: for logs and for terminals that cannot move their cursor. */
export function plainDrawer(stream: OutputStream, start: Board): Drawer {
  const colors = colorsFor(stream);
  let shown = start;
  let latest = start;
  let lookedAt = Date.now();
  let printedAt = lookedAt;
  const look = (): void => {
    const now = Date.now();
    const lines = [...endLines(shown, latest), ...slowLines(latest, lookedAt, now)];
    if (lines.length === 0 && now - printedAt >= SILENCE_LIMIT_MS) {
      lines.push(aliveLine(latest, now));
    }
    printedAt = lines.length > 0 ? now : printedAt;
    stream.write(lines.map((line) => `${/ failed after /.test(line) ? colors.red(line) : line}\n`).join(""));
    shown = latest;
    lookedAt = now;
  };
  const timer = setInterval(look, LOOK_INTERVAL_MS);
  timer.unref();
  return {
    update(board) {
      latest = board;
    },
    finish(board) {
      clearInterval(timer);
      latest = board;
      look();
      if (board.mode === "preview") {
        stream.write(
          previewLines(board)
            .map((line) => `${line}\n`)
            .join(""),
        );
      }
    },
  };
}

function entriesOf(board: Board): readonly Entry[] {
  const shared = Object.entries(board.shared).map(([title, progress]) => ({ row: CLASS_ROW, title, progress }));
  const seats = board.seats.flatMap((row) =>
    PHASES.map((title) => ({ row: row.name, title, progress: row.phases[title] })),
  );
  return [...shared, ...seats];
}

function keyOf({ row, title }: Entry): string {
  return `${row} ${title}`;
}

function describeEnd({ row, title, progress }: Entry, board: Board): string {
  const took = formatDuration((progress.endedAt ?? 0) - (progress.startedAt ?? 0));
  if (progress.state === "failed") {
    const cause = firstFailureLine(board, row);
    return `failed after ${took}${cause === "" ? "" : `: ${cause}`}`;
  }
  if (progress.state === "deleted") {
    return `deleted in ${took}`;
  }
  const verb = row === CLASS_ROW ? "done" : (DONE_VERB[title] ?? "done");
  return `${verb} in ${took}${progress.change === "replace" ? ", in place of the old one" : ""}`;
}
