import { z } from "zod";
import { CODE_LENGTH } from "./codes";
import { CLASS_LESSON } from "./portal-lesson";

/** What /etc/machine-id has in it, without the line's end (machine-id(5)). */
const MACHINE_ID = /^[0-9a-f]{32}$/;

/** Whether a node's machine id has its format. A student can write anything into the file. */
export function isMachineId(text: string): boolean {
  return MACHINE_ID.test(text);
}

const lessonName = z.string().max(200);
const stepId = z.string().max(20);

const holdingSchema = z.object({
  /** What is typed once to get it. */
  code: z.string().min(1).max(CODE_LENGTH),
  /** The browser that has it. */
  claim: z.object({ token: z.string().regex(/^[0-9a-f]{64}$/), at: z.iso.datetime() }).optional(),
});

/** What checks of a lesson's steps came to, by step. */
const stepsSchema = recordOf(
  200,
  stepId,
  z.object({
    passedAt: z.iso.datetime().optional(),
    failures: z.number().int().nonnegative(),
    checkedAt: z.iso.datetime(),
  }),
);

/** Before a class could have several lessons, there were but the steps of one. */
const progressSchema = z
  .object({
    machine: z.string().regex(MACHINE_ID),
    lessons: recordOf(1000, lessonName, stepsSchema).optional(),
    steps: stepsSchema.optional(),
  })
  .transform(({ machine, lessons, steps }) => ({
    machine,
    lessons: lessons ?? (steps === undefined ? {} : { [CLASS_LESSON]: steps }),
  }));

const seatSchema = holdingSchema.extend({
  /** How far the student is in each lesson, on one machine: a new one has none of it. */
  progress: z.preprocess(withoutFalseMachine, progressSchema.optional()),
});

export const classBookSchema = z.object({
  version: z.literal(1),
  /** Where students find the portal, and the fingerprint of its certificate: the cards say both. */
  address: z.object({ url: z.string().max(2000), fingerprint: z.string().max(200) }).optional(),
  instructor: holdingSchema.optional(),
  /** The lesson that the portal had last. */
  lesson: z
    .object({
      name: lessonName.default(CLASS_LESSON),
      version: z.string().max(64),
      /** Since when the portal has had it. */
      since: z.iso.datetime().optional(),
      steps: z.array(z.object({ id: stepId, title: z.string().max(500) })).max(200),
    })
    .optional(),
  seats: recordOf(1000, z.string().max(100), seatSchema),
});

/** The roster: who has which seat, and how far they are. */
export type Roster = z.infer<typeof classBookSchema>;
/** What checks of a step came to. */
export type NotedStep = z.infer<typeof stepsSchema>[string];
/** A code with the browser that used it. */
export type Holding = z.infer<typeof holdingSchema>;

/** The first thing that is wrong with a roster: where, and what is allowed there. No value is quoted. */
export function problemIn(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join(".") ?? "";
  return `${path === "" ? "" : `${path.slice(0, 100)}: `}${issue?.message ?? "no reason given"}`;
}

function recordOf<Value extends z.ZodType>(most: number, name: z.ZodString, value: Value) {
  return z.record(name, value).refine((record) => Object.keys(record).length <= most, {
    message: `Too big: expected at most ${most} entries`,
  });
}

/** Earlier versions stored whatever a node gave as its machine id. Such progress belongs to no machine, and is dropped. */
function withoutFalseMachine(progress: unknown): unknown {
  const { data } = z.object({ machine: z.string() }).safeParse(progress);
  return data === undefined || isMachineId(data.machine) ? progress : undefined;
}
