import { z } from "zod";
import { CODE_LENGTH } from "./codes";
import { CLASS_LESSON } from "./portal-lesson";

/** Format of /etc/machine-id, without the newline (machine-id(5)). */
const MACHINE_ID = /^[0-9a-f]{32}$/;

/** Whether a machine ID is valid. A student can write anything into the file. */
export function isMachineId(text: string): boolean {
  return MACHINE_ID.test(text);
}

const lessonName = z.string().max(200);
const stepId = z.string().max(20);

const holdingSchema = z.object({
  /** Code with which a browser claims it. */
  code: z.string().min(1).max(CODE_LENGTH),
  /** The browser that has claimed it. */
  claim: z.object({ token: z.string().regex(/^[0-9a-f]{64}$/), at: z.iso.datetime() }).optional(),
});

/** Outcomes of a lesson's checks, by step. */
const stepsSchema = recordOf(
  200,
  stepId,
  z.object({
    passedAt: z.iso.datetime().optional(),
    failures: z.number().int().nonnegative(),
    checkedAt: z.iso.datetime(),
  }),
);

/** Older rosters have the steps of only one lesson. */
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
  /** Progress in each lesson, on one machine. */
  progress: z.preprocess(withoutFalseMachine, progressSchema.optional()),
});

export const rosterSchema = z.object({
  version: z.literal(1),
  /** URL of the portal, and its certificate's fingerprint, for cards. */
  address: z.object({ url: z.string().max(2000), fingerprint: z.string().max(200) }).optional(),
  instructor: holdingSchema.optional(),
  /** The portal's last lesson. */
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

/** The roster: codes, claims and progress of the seats. */
export type Roster = z.infer<typeof rosterSchema>;
/** A code with the browser that used it. */
export type Holding = z.infer<typeof holdingSchema>;

/** The first problem of a roster, without quoting values. */
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

/** Drops progress with an invalid machine ID, which earlier versions stored. */
function withoutFalseMachine(progress: unknown): unknown {
  const { data } = z.object({ machine: z.string() }).safeParse(progress);
  return data === undefined || isMachineId(data.machine) ? progress : undefined;
}
