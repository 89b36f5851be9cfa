import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LabError } from "../../cli/errors";
import { CLASS_LESSON } from "./portal-lesson";

const holdingSchema = z.object({
  /** What is typed once to get it. */
  code: z.string(),
  /** The browser that has it. */
  claim: z.object({ token: z.string(), at: z.iso.datetime() }).optional(),
});

/** What checks of a lesson's steps came to, by step. */
const stepsSchema = z.record(
  z.string(),
  z.object({ passedAt: z.iso.datetime().optional(), failures: z.number(), checkedAt: z.iso.datetime() }),
);

/** Before a class could have several lessons, there were but the steps of one. */
const progressSchema = z
  .object({ machine: z.string(), lessons: z.record(z.string(), stepsSchema).optional(), steps: stepsSchema.optional() })
  .transform(({ machine, lessons, steps }) => ({
    machine,
    lessons: lessons ?? (steps === undefined ? {} : { [CLASS_LESSON]: steps }),
  }));

const seatSchema = holdingSchema.extend({
  /** How far the student is in each lesson, on one machine: a new one has none of it. */
  progress: progressSchema.optional(),
});

const bookSchema = z.object({
  version: z.literal(1),
  /** Where students find the portal, and the fingerprint of its certificate: the cards say both. */
  address: z.object({ url: z.string(), fingerprint: z.string() }).optional(),
  instructor: holdingSchema.optional(),
  /** The lesson that the portal had last. */
  lesson: z
    .object({
      name: z.string().default(CLASS_LESSON),
      version: z.string(),
      /** Since when the portal has had it. */
      since: z.iso.datetime().optional(),
      steps: z.array(z.object({ id: z.string(), title: z.string() })),
    })
    .optional(),
  seats: z.record(z.string(), seatSchema),
});

/** Who has which seat, and how far they are. */
export type ClassBook = z.infer<typeof bookSchema>;
/** What checks of a step came to. */
export type NotedStep = z.infer<typeof stepsSchema>[string];
/** A code with the browser that used it. */
export type Holding = z.infer<typeof holdingSchema>;

/** The class book of a stack, in a file that its owner alone may read. Read anew each time: `lab portal free` writes it too. */
export class ClassBookFile {
  readonly #file: string;

  constructor(directory: string) {
    this.#file = join(directory, "class-book.json");
  }

  read(): ClassBook {
    let text: string;
    try {
      text = readFileSync(this.#file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        return { version: 1, seats: {} };
      }
      throw error;
    }
    return parseClassBook(text, this.#file);
  }

  /** Changes the book. Read, changed and written without a pause, so that no change of this process is lost. */
  update(change: (book: ClassBook) => ClassBook): ClassBook {
    const before = this.read();
    const after = change(before);
    if (after !== before) {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#file}.new`, `${JSON.stringify(after, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    }
    return after;
  }
}

/** The class book in a file's text. */
export function parseClassBook(text: string, file: string): ClassBook {
  const parsed = bookSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new LabError(`${file} is damaged, or of another version.`, {
      hint: "Remove it: all browsers have to claim their seats anew, with new cards from ./lab cards.",
      cause: parsed.error,
    });
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
