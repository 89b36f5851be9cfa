import { LabError } from "../../core/errors";
import type { StepProgress } from "../protocol";
import { lessonVersion, type PortalLesson } from "./portal-lesson";
import { isMachineId, type Roster } from "./roster-schema";

/** Sets the roster's current lesson. Progress in other lessons is kept. */
export function withLesson(roster: Roster, { name, steps }: PortalLesson, now: Date): Roster {
  const since = roster.lesson?.name === name ? roster.lesson.since : now.toISOString();
  const titles = steps.map(({ id, title }) => ({ id, title }));
  const lesson = { name, version: lessonVersion(steps), steps: titles };
  return { ...roster, lesson: since === undefined ? lesson : { ...lesson, since } };
}

/** The outcome of a step's check. */
export interface CheckNote {
  readonly seat: string;
  readonly machine: string;
  /** Name of the lesson that has the step. */
  readonly lesson: string;
  readonly step: string;
  readonly outcome: "passed" | "failed";
}

/** Records the outcome of a step's check. Progress on a previous machine is dropped. Throws a LabError for an invalid machine ID. */
export function noteCheck(roster: Roster, { seat, machine, lesson, step, outcome }: CheckNote, now: Date): Roster {
  const known = roster.seats[seat];
  if (known === undefined) {
    return roster;
  }
  // The student controls the machine ID, so only valid ones are stored.
  if (!isMachineId(machine)) {
    throw new LabError(`${seat}: /etc/machine-id is not 32 hexadecimal digits, so the check cannot be recorded.`, {
      hint: `Run ./lab reset ${seat} for a new machine.`,
    });
  }
  const lessons = known.progress?.machine === machine ? known.progress.lessons : {};
  const before = lessons[lesson]?.[step];
  const passedAt = before?.passedAt ?? (outcome === "passed" ? now.toISOString() : undefined);
  const noted = {
    failures: (before?.failures ?? 0) + (outcome === "failed" ? 1 : 0),
    checkedAt: now.toISOString(),
    ...(passedAt === undefined ? {} : { passedAt }),
  };
  const progress = { machine, lessons: { ...lessons, [lesson]: { ...lessons[lesson], [step]: noted } } };
  return { ...roster, seats: { ...roster.seats, [seat]: { ...known, progress } } };
}

/** Drops progress on a previous machine. Ignores an invalid machine ID. */
export function noteMachine(roster: Roster, seat: string, machine: string): Roster {
  const known = roster.seats[seat];
  if (known === undefined || known.progress?.machine === machine || !isMachineId(machine)) {
    return roster;
  }
  return { ...roster, seats: { ...roster.seats, [seat]: { ...known, progress: { machine, lessons: {} } } } };
}

/** A seat's progress in a lesson, by step, for steps that were checked. */
export function progressOf(roster: Roster, seat: string, lesson: string): Readonly<Record<string, StepProgress>> {
  const steps = Object.entries(roster.seats[seat]?.progress?.lessons[lesson] ?? {});
  return Object.fromEntries(
    steps.map(([step, { passedAt, failures }]) => [step, { isDone: passedAt !== undefined, failures }]),
  );
}

/** When a step of any lesson was last checked, or passed, at a seat; undefined before the first time. */
export function lastTime(roster: Roster, seat: string, event: "checkedAt" | "passedAt"): Date | undefined {
  const lessons = Object.values(roster.seats[seat]?.progress?.lessons ?? {});
  const steps = lessons.flatMap((lesson) => Object.values(lesson));
  const last = steps
    .flatMap((step) => step[event] ?? [])
    .sort()
    .at(-1);
  return last === undefined ? undefined : new Date(last);
}
