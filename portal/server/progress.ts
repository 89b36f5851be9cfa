import type { StepProgress } from "../protocol";
import type { ClassBook } from "./class-book";

/** Notes what a check of a step came to. A new machine has nothing of the work done on the one before. */
export function noteCheck(
  book: ClassBook,
  { seat, machine, step, outcome }: { seat: string; machine: string; step: string; outcome: "passed" | "failed" },
  now: Date,
): ClassBook {
  const known = book.seats[seat];
  if (known === undefined) {
    return book;
  }
  const steps = known.progress?.machine === machine ? known.progress.steps : {};
  const before = steps[step];
  const passedAt = before?.passedAt ?? (outcome === "passed" ? now.toISOString() : undefined);
  const noted = {
    failures: (before?.failures ?? 0) + (outcome === "failed" ? 1 : 0),
    checkedAt: now.toISOString(),
    ...(passedAt === undefined ? {} : { passedAt }),
  };
  const progress = { machine, steps: { ...steps, [step]: noted } };
  return { ...book, seats: { ...book.seats, [seat]: { ...known, progress } } };
}

/** Forgets the work done on a machine that is no more. */
export function noteMachine(book: ClassBook, seat: string, machine: string): ClassBook {
  const known = book.seats[seat];
  if (known === undefined || known.progress?.machine === machine) {
    return book;
  }
  return { ...book, seats: { ...book.seats, [seat]: { ...known, progress: { machine, steps: {} } } } };
}

/** How far a seat is, by step. Steps that were never checked are left out. */
export function progressOf(book: ClassBook, seat: string): Readonly<Record<string, StepProgress>> {
  const steps = Object.entries(book.seats[seat]?.progress?.steps ?? {});
  return Object.fromEntries(
    steps.map(([step, { passedAt, failures }]) => [step, { isDone: passedAt !== undefined, failures }]),
  );
}

/** When a step of the seat was checked last; undefined before the first time. */
export function lastChecked(book: ClassBook, seat: string): Date | undefined {
  const times = Object.values(book.seats[seat]?.progress?.steps ?? {}).map(({ checkedAt }) => checkedAt);
  const last = times.sort().at(-1);
  return last === undefined ? undefined : new Date(last);
}

/** When a step of the seat was passed last; undefined before the first one. */
export function lastPassed(book: ClassBook, seat: string): Date | undefined {
  const times = Object.values(book.seats[seat]?.progress?.steps ?? {}).flatMap(({ passedAt }) => passedAt ?? []);
  const last = times.sort().at(-1);
  return last === undefined ? undefined : new Date(last);
}
