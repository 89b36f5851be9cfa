import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import type { CommandContext } from "../../../core/command-context";
import type { SeatWithMachine } from "../class-seats";
import { verdictKindSchema } from "./verdict";

/** Folder of a stack's verdicts. */
export function verdictsDirectory(labDirectory: string, stack: string): string {
  return join(labDirectory, "verdicts", stack);
}

const lastVerdictSchema = z
  .object({
    /** The machine that it was about: it says nothing of a new one. */
    machine: z.string().nullable(),
    kind: verdictKindSchema,
    outcome: z.enum(["passed", "failed"]),
    /** When it began: ISO 8601, UTC. */
    at: z.iso.datetime(),
    seconds: z.number(),
    failedSteps: z.array(z.string()).readonly(),
    /** Name of the folder with the evidence. */
    folder: z.string(),
  })
  .readonly();

const fileSchema = z.object({ version: z.literal(1), seats: z.record(z.string(), lastVerdictSchema) });

/** The last verdict on a seat, in brief: what `lab status` shows and `lab up` decides by. */
export type LastVerdict = z.infer<typeof lastVerdictSchema>;

/** The last verdict on each seat of a stack, in a small file of its own: verdicts are large, and `up` must not get slower. */
export class LastVerdicts {
  readonly #file: string;

  /** @param directory - the stack's folder of verdicts, which is there as soon as one was kept */
  constructor(directory: string) {
    this.#file = join(directory, "last-verdicts.json");
  }

  /** By seat. A file that is damaged, or of another version, is as good as none: verdicts are made again. */
  read(): ReadonlyMap<string, LastVerdict> {
    if (!existsSync(this.#file)) {
      return new Map();
    }
    const text = readFileSync(this.#file, "utf8");
    try {
      return new Map(Object.entries(fileSchema.parse(JSON.parse(text)).seats));
    } catch {
      return new Map();
    }
  }

  /** Remembers verdicts that were kept; those on other seats stay. */
  remember(verdicts: ReadonlyMap<string, LastVerdict>): void {
    this.#write(new Map([...this.read(), ...verdicts]));
  }

  /** Forgets the verdicts on seats that have been changed since. */
  forget(seats: readonly string[]): void {
    const known = this.read();
    if (seats.some((seat) => known.has(seat))) {
      this.#write(new Map([...known].filter(([seat]) => !seats.includes(seat))));
    }
  }

  #write(verdicts: ReadonlyMap<string, LastVerdict>): void {
    const text = `${JSON.stringify({ version: 1, seats: Object.fromEntries(verdicts) }, null, 2)}\n`;
    writeFileSync(`${this.#file}.new`, text, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** The last verdicts of a command's stack. */
export function lastVerdictsOf({ runtime, options }: CommandContext): LastVerdicts {
  return new LastVerdicts(verdictsDirectory(runtime.labDirectory, options.stack));
}

/** The last verdict on a seat's machine, as `status` and `up` show it. */
export interface ShownVerdict extends Omit<LastVerdict, "machine" | "folder"> {
  readonly ageSeconds: number;
  /** Folder with the evidence, relative to the clone. */
  readonly evidence: string;
}

/** The seats, each with the last verdict on its machine. */
export function withVerdicts<Seat extends SeatWithMachine>(
  context: CommandContext,
  seats: readonly Seat[],
): (Omit<Seat, "machine"> & { readonly verdict: ShownVerdict | null })[] {
  const verdicts = lastVerdictsOf(context).read();
  return seats.map(({ machine, ...seat }) => ({
    ...seat,
    verdict: shownVerdict(context, { seat: seat.seat, machine }, verdicts),
  }));
}

/** The last verdict on a seat, unless it was about another machine; null when there is none. */
export function shownVerdict(
  { runtime, options }: CommandContext,
  { seat, machine }: Pick<SeatWithMachine, "seat" | "machine">,
  verdicts: ReadonlyMap<string, LastVerdict>,
  now = new Date(),
): ShownVerdict | null {
  const last = verdicts.get(seat);
  if (last === undefined || last.machine !== machine) {
    return null;
  }
  const { kind, outcome, at, seconds, failedSteps, folder } = last;
  const ageSeconds = Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000));
  const directory = relative(runtime.programDirectory, verdictsDirectory(runtime.labDirectory, options.stack));
  return { kind, outcome, at, ageSeconds, seconds, failedSteps, evidence: join(directory, folder) };
}
