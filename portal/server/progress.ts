import { LabError } from "../../core/errors";
import type { StepProgress } from "../protocol";
import type { PortalLesson } from "./portal-lesson";
import type { Roster } from "./roster";
import { isMachineId } from "./roster-schema";
import { lessonVersion } from "./versions";

/** Sets the roster's current lesson. Progress in other lessons is kept. */
export function withLesson(book: Roster, { name, steps }: PortalLesson, now: Date): Roster {
  const since = book.lesson?.name === name ? book.lesson.since : now.toISOString();
  const titles = steps.map(({ id, title }) => ({ id, title }));
  const lesson = { name, version: lessonVersion(steps), steps: titles };
  return { ...book, lesson: since === undefined ? lesson : { ...lesson, since } };
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
export function noteCheck(book: Roster, { seat, machine, lesson, step, outcome }: CheckNote, now: Date): Roster {
  const known = book.seats[seat];
  if (known === undefined) {
    return book;
  }
  requireMachineId(seat, machine);
  const lessons = known.progress?.machine === machine ? known.progress.lessons : {};
  const before = lessons[lesson]?.[step];
  const passedAt = before?.passedAt ?? (outcome === "passed" ? now.toISOString() : undefined);
  const noted = {
    failures: (before?.failures ?? 0) + (outcome === "failed" ? 1 : 0),
    checkedAt: now.toISOString(),
    ...(passedAt === undefined ? {} : { passedAt }),
  };
  const progress = { machine, lessons: { ...lessons, [lesson]: { ...lessons[lesson], [step]: noted } } };
  return { ...book, seats: { ...book.seats, [seat]: { ...known, progress } } };
}

/** Drops progress on a previous machine. Ignores an invalid machine ID. */
export function noteMachine(book: Roster, seat: string, machine: string): Roster {
  const known = book.seats[seat];
  if (known === undefined || known.progress?.machine === machine || !isMachineId(machine)) {
    return book;
  }
  return { ...book, seats: { ...book.seats, [seat]: { ...known, progress: { machine, lessons: {} } } } };
}

/** A seat's progress in a lesson, by step, for steps that were checked. */
export function progressOf(book: Roster, seat: string, lesson: string): Readonly<Record<string, StepProgress>> {
  const steps = Object.entries(book.seats[seat]?.progress?.lessons[lesson] ?? {});
  return Object.fromEntries(
    steps.map(([step, { passedAt, failures }]) => [step, { isDone: passedAt !== undefined, failures }]),
  );
}

/** When a step of any lesson was checked last at a seat; undefined before the first time. */
export function lastChecked(book: Roster, seat: string): Date | undefined {
  const times = checkedSteps(book, seat).map(({ checkedAt }) => checkedAt);
  const last = times.sort().at(-1);
  return last === undefined ? undefined : new Date(last);
}

/** When a step of any lesson was passed last at a seat; undefined before the first one. */
export function lastPassed(book: Roster, seat: string): Date | undefined {
  const times = checkedSteps(book, seat).flatMap(({ passedAt }) => passedAt ?? []);
  const last = times.sort().at(-1);
  return last === undefined ? undefined : new Date(last);
}

function checkedSteps(book: Roster, seat: string) {
  return Object.values(book.seats[seat]?.progress?.lessons ?? {}).flatMap((steps) => Object.values(steps));
}

/** The student controls the machine ID, so only valid ones are stored. */
function requireMachineId(seat: string, machine: string): void {
  if (!isMachineId(machine)) {
    throw new LabError(`${seat}: /etc/machine-id is not 32 hexadecimal digits, so the check cannot be recorded.`, {
      hint: `Run ./lab reset ${seat} for a new machine.`,
    });
  }
}
