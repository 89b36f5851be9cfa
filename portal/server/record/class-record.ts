import { CLASS_LESSON } from "../portal-lesson";
import type { NotedStep, Roster } from "../roster";

/** What a class has done, for those who keep it: what an export holds. Plain data. */
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

/** One seat. Null: not yet. */
interface SeatRecord {
  readonly seat: string;
  /** When a browser took it. */
  readonly claimedAt: string | null;
  /** Which machine the steps were done on: a new one has none of them. */
  readonly machine: string | null;
  /** Every step of the lesson, in order. */
  readonly steps: readonly StepRecord[];
}

interface StepRecord {
  readonly step: string;
  readonly passedAt: string | null;
  readonly failedChecks: number;
  readonly lastCheckedAt: string | null;
}

/** The record that a class book makes. */
export function recordOf(
  book: Roster,
  { lab, labVersion, now }: { readonly lab: string; readonly labVersion: string; readonly now: Date },
): ClassRecord {
  const { name, version, steps } = book.lesson ?? { name: CLASS_LESSON, version: "unknown", steps: [] };
  const names = Object.keys(book.seats).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return {
    version: 1,
    lab,
    labVersion,
    exportedAt: now.toISOString(),
    lesson: { name, version, steps },
    seats: names.map((seat) => ({
      seat,
      claimedAt: book.seats[seat]?.claim?.at ?? null,
      machine: book.seats[seat]?.progress?.machine ?? null,
      steps: steps.map(({ id }) => stepRecord(id, book.seats[seat]?.progress?.lessons[name]?.[id])),
    })),
  };
}

function stepRecord(step: string, noted: NotedStep | undefined): StepRecord {
  return {
    step,
    passedAt: noted?.passedAt ?? null,
    failedChecks: noted?.failures ?? 0,
    lastCheckedAt: noted?.checkedAt ?? null,
  };
}
