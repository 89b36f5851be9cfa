import { readFileSync } from "node:fs";
import { join } from "node:path";
import { csvCell } from "../../core/quoting";
import { CLASS_LESSON } from "./portal-lesson";
import type { Roster } from "./roster-schema";

const COLUMNS = ["seat", "step", "title", "done", "passed at", "failed checks", "last checked at", "claimed at"];

/** Contents of an export: progress of a class, as plain data. */
export interface ClassRecord {
  readonly version: 1;
  readonly lab: string;
  /** Version of `lab` that wrote it. */
  readonly labVersion: string;
  /** ISO 8601, UTC, as all times in it. */
  readonly exportedAt: string;
  readonly lesson: {
    /** `class` for the class's own, `own: TITLE` for one of the instructor's. */
    readonly name: string;
    readonly version: string;
    readonly steps: readonly { id: string; title: string }[];
  };
  readonly seats: readonly SeatRecord[];
}

/** One seat; null means not yet. */
interface SeatRecord {
  readonly seat: string;
  /** When a browser claimed it. */
  readonly claimedAt: string | null;
  /** ID of the machine that the steps were done on. */
  readonly machine: string | null;
  /** Every step of the lesson, in order. */
  readonly steps: readonly {
    readonly step: string;
    readonly passedAt: string | null;
    readonly failedChecks: number;
    readonly lastCheckedAt: string | null;
  }[];
}

/** Version of this clone's `lab`. */
export function labVersion(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as { version: string };
  return version;
}

/** Creates the record from a roster. */
export function recordOf(
  roster: Roster,
  { lab, labVersion, now }: { readonly lab: string; readonly labVersion: string; readonly now: Date },
): ClassRecord {
  const { name, version, steps } = roster.lesson ?? { name: CLASS_LESSON, version: "unknown", steps: [] };
  const seats = Object.entries(roster.seats).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
  return {
    version: 1,
    lab,
    labVersion,
    exportedAt: now.toISOString(),
    lesson: { name, version, steps },
    seats: seats.map(([seat, { claim, progress }]) => ({
      seat,
      claimedAt: claim?.at ?? null,
      machine: progress?.machine ?? null,
      steps: steps.map(({ id }) => {
        const noted = progress?.lessons[name]?.[id];
        return {
          step: id,
          passedAt: noted?.passedAt ?? null,
          failedChecks: noted?.failures ?? 0,
          lastCheckedAt: noted?.checkedAt ?? null,
        };
      }),
    })),
  };
}

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
