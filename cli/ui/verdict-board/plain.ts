import { stepName } from "../../../core/step-name";
import { firstLine, formatDuration, formatElapsed } from "../../../core/text";
import type { Colors } from "../stream";
import { cellOf, type VerdictBoard, type VerdictEvent } from "./model";

/** The line that tells what begins. */
export function beginLine({ title, seats, steps }: VerdictBoard): string {
  const [only, ...more] = seats;
  const where = only !== undefined && more.length === 0 ? only.seat : `${seats.length} seats`;
  return `${title} on ${where}: ${steps.map(({ id }) => stepName(id)).join(", ")}`;
}

/** The line that tells of an event in a log; undefined for one that is not worth a line. */
export function eventLine(event: VerdictEvent, colors: Colors): string | undefined {
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
