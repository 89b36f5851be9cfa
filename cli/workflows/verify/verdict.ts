import { z } from "zod";
import type { Readiness } from "../../../core/readiness";
import type { StepVerdict } from "../../../lesson/types";

/** Version of the form that verdict.json has: raised when a reader of the old form would be misled. */
export const VERDICT_VERSION = 1;

/** What was performed: the whole lesson, only some of its steps, or the short check at the end of `lab up`. */
export type VerdictKind = "lesson" | "steps" | "quick";

/** interrupted: stopped by Ctrl-C before every step was done, and none had failed until then. */
export type VerdictOutcome = "passed" | "failed" | "interrupted";

/** The result of one run of `lab verify`, or of the short check of `lab up`: what verdict.json holds. */
export interface Verdict {
  readonly version: typeof VERDICT_VERSION;
  readonly stack: string;
  readonly kind: VerdictKind;
  /** Title of the lesson, where it was one of the instructor's own. */
  readonly lesson?: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly outcome: VerdictOutcome;
  /** The steps performed, in the lesson's order. */
  readonly steps: readonly StepTitle[];
  /** Each note once, with the seats that it is about. */
  readonly notes: readonly { readonly text: string; readonly seats: readonly string[] }[];
  readonly seats: readonly SeatVerdict[];
}

/** A step as it is named. */
export interface StepTitle {
  readonly id: string;
  readonly title: string;
}

/** The result on one seat. */
export interface SeatVerdict {
  /** e.g. `seat01`. */
  readonly seat: string;
  /** Pulumi name of its node. */
  readonly node: string;
  /** Which machine it was: a new one has another id. Null while there is none. */
  readonly machine: string | null;
  readonly ssh: { readonly host: string; readonly port: number; readonly user: string } | null;
  /** What the readiness gate found on the node: versions of Docker, Trivy and packages. Null when it has not passed. */
  readonly ready: Readiness | null;
  readonly startedAt: string;
  readonly seconds: number;
  readonly outcome: VerdictOutcome;
  /** The steps that came to an end. */
  readonly steps: readonly StepVerdict[];
}

const stepSchema = z.object({
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
}) satisfies z.ZodType<StepVerdict>;

/** An earlier or later version of ours may have found more or less: what a reader needs is checked, the rest kept. */
const readinessSchema = z.custom<Readiness>((value) => typeof value === "object" && value !== null);

const seatSchema = z.object({
  seat: z.string(),
  node: z.string(),
  machine: z.string().nullable(),
  ssh: z.object({ host: z.string(), port: z.number(), user: z.string() }).nullable(),
  ready: readinessSchema.nullable(),
  startedAt: z.iso.datetime(),
  seconds: z.number(),
  outcome: z.enum(["passed", "failed", "interrupted"]),
  steps: z.array(stepSchema),
}) satisfies z.ZodType<SeatVerdict>;

/** Reads verdict.json back. */
export const verdictSchema = z.object({
  version: z.literal(VERDICT_VERSION),
  stack: z.string(),
  kind: z.enum(["lesson", "steps", "quick"]),
  lesson: z.string().exactOptional(),
  startedAt: z.iso.datetime(),
  seconds: z.number(),
  outcome: z.enum(["passed", "failed", "interrupted"]),
  steps: z.array(z.object({ id: z.string(), title: z.string() })),
  notes: z.array(z.object({ text: z.string(), seats: z.array(z.string()) })),
  seats: z.array(seatSchema),
}) satisfies z.ZodType<Verdict>;
