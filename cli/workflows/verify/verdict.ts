import { z } from "zod";
import type { Readiness } from "../../../core/readiness";
import type { StepVerdict } from "../../../lesson/types";

/** Version of the form that verdict.json has: raised when a reader of the old form would be misled. */
export const VERDICT_VERSION = 1;

/** What was performed: the whole lesson, only some of its steps, or the short check at the end of `lab up`. */
export const verdictKindSchema = z.enum(["lesson", "steps", "quick"]);

/** interrupted: stopped by Ctrl-C before every step was done, and none had failed until then. */
const outcomeSchema = z.enum(["passed", "failed", "interrupted"]);

const stepTitleSchema = z.object({ id: z.string(), title: z.string() }).readonly();

const stepSchema: z.ZodType<StepVerdict> = z.object({
  id: z.string(),
  title: z.string(),
  outcome: z.enum(["passed", "failed", "blocked"]),
  seconds: z.number(),
  evidence: z.array(
    z.object({
      command: z.string(),
      exitCode: z.number().exactOptional(),
      output: z.string(),
      seconds: z.number(),
      checks: z.array(z.object({ expected: z.string(), found: z.string().exactOptional() })),
    }),
  ),
  notes: z.array(z.string()),
  failure: z.object({ command: z.string(), expected: z.string(), found: z.string() }).exactOptional(),
});

/** An earlier or later version of ours may have found more or less: what a reader needs is checked, the rest kept. */
const readinessSchema = z.custom<Readiness>((value) => typeof value === "object" && value !== null);

const seatSchema = z
  .object({
    /** e.g. `seat01`. */
    seat: z.string(),
    /** Pulumi name of its node. */
    node: z.string(),
    /** Which machine it was: a new one has another id. Null while there is none. */
    machine: z.string().nullable(),
    ssh: z.object({ host: z.string(), port: z.number(), user: z.string() }).readonly().nullable(),
    /** What the readiness gate found on the node: versions of Docker, Trivy and packages. Null when it has not passed. */
    ready: readinessSchema.nullable(),
    startedAt: z.iso.datetime(),
    seconds: z.number(),
    outcome: outcomeSchema,
    /** The steps that came to an end. */
    steps: z.array(stepSchema).readonly(),
  })
  .readonly();

/** What verdict.json holds. */
export const verdictSchema = z
  .object({
    version: z.literal(VERDICT_VERSION),
    stack: z.string(),
    kind: verdictKindSchema,
    /** Title of the lesson, where it was one of the instructor's own. */
    lesson: z.string().exactOptional(),
    startedAt: z.iso.datetime(),
    seconds: z.number(),
    outcome: outcomeSchema,
    /** The steps performed, in the lesson's order. */
    steps: z.array(stepTitleSchema).readonly(),
    /** Each note once, with the seats that it is about. */
    notes: z.array(z.object({ text: z.string(), seats: z.array(z.string()).readonly() }).readonly()).readonly(),
    seats: z.array(seatSchema).readonly(),
  })
  .readonly();

export type VerdictKind = z.infer<typeof verdictKindSchema>;
export type VerdictOutcome = z.infer<typeof outcomeSchema>;

/** A step as it is named. */
export type StepTitle = z.infer<typeof stepTitleSchema>;

/** The result on one seat. */
export type SeatVerdict = z.infer<typeof seatSchema>;

/** The result of one run of `lab verify`, or of the short check of `lab up`. */
export type Verdict = z.infer<typeof verdictSchema>;

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
