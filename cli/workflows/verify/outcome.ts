import type { StepVerdict } from "../../../lesson/types";
import type { SeatVerdict, StepTitle, Verdict, VerdictKind, VerdictOutcome } from "./verdict";
import { VERDICT_VERSION } from "./verdict";

/** A seat passed when every step did; one that was stopped on the way has neither passed nor failed. */
export function seatOutcome(steps: readonly StepTitle[], verdicts: readonly StepVerdict[]): VerdictOutcome {
  if (verdicts.some(({ outcome }) => outcome !== "passed")) {
    return "failed";
  }
  const done = new Set(verdicts.map(({ id }) => id));
  return steps.every(({ id }) => done.has(id)) ? "passed" : "interrupted";
}

/** The verdict on a class: its worst seat's. */
function classOutcome(seats: readonly Pick<SeatVerdict, "outcome">[]): VerdictOutcome {
  const outcomes = seats.map(({ outcome }) => outcome);
  return (["failed", "interrupted"] as const).find((outcome) => outcomes.includes(outcome)) ?? "passed";
}

/** What a run is about, besides its seats. */
export interface RunFacts {
  readonly stack: string;
  readonly kind: VerdictKind;
  /** Title of a lesson of one's own. */
  readonly lesson?: string | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly steps: readonly StepTitle[];
}

/** The whole verdict, from those on the seats. */
export function concludeVerdict(facts: RunFacts, seats: readonly SeatVerdict[]): Verdict {
  return {
    version: VERDICT_VERSION,
    stack: facts.stack,
    kind: facts.kind,
    ...(facts.lesson === undefined ? {} : { lesson: facts.lesson }),
    startedAt: facts.startedAt.toISOString(),
    seconds: secondsBetween(facts.startedAt, facts.endedAt),
    outcome: classOutcome(seats),
    steps: facts.steps.map(({ id, title }) => ({ id, title })),
    notes: gatherNotes(seats),
    seats,
  };
}

/** Seconds from one time to another, to the millisecond. */
export function secondsBetween(start: Date, end: Date): number {
  return (end.getTime() - start.getTime()) / 1000;
}

function gatherNotes(seats: readonly SeatVerdict[]): Verdict["notes"] {
  const seatsOf = new Map<string, Set<string>>();
  for (const { seat, steps } of seats) {
    for (const text of steps.flatMap(({ notes }) => notes)) {
      seatsOf.set(text, (seatsOf.get(text) ?? new Set()).add(seat));
    }
  }
  return [...seatsOf].map(([text, names]) => ({ text, seats: [...names] }));
}
