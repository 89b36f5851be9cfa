import { csvCell } from "../../../core/quoting";
import type { ClassRecord } from "./class-record";

const COLUMNS = ["seat", "step", "title", "done", "passed at", "failed checks", "last checked at", "claimed at"];

/** A record as a table for spreadsheets (RFC 4180), a line for each step of each seat. No cell is run as a formula. */
export function renderRecordCsv({ seats, lesson }: ClassRecord): string {
  const titles = new Map(lesson.steps.map(({ id, title }) => [id, title]));
  const rows = seats.flatMap(({ seat, claimedAt, steps }) =>
    steps.map(({ step, passedAt, failedChecks, lastCheckedAt }) => [
      seat,
      step,
      titles.get(step) ?? "",
      passedAt === null ? "no" : "yes",
      passedAt ?? "",
      String(failedChecks),
      lastCheckedAt ?? "",
      claimedAt ?? "",
    ]),
  );
  return [COLUMNS, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}
