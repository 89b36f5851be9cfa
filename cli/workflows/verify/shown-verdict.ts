import { join, relative } from "node:path";
import type { CommandContext } from "../../../core/command-context";
import { type LastVerdict, lastVerdictsOf, verdictsDirectory } from "./last-verdicts";
import type { JudgedSeat } from "./seats";

/** The last verdict on a seat's machine, as `status` and `up` show it. */
export interface ShownVerdict {
  readonly kind: LastVerdict["kind"];
  readonly outcome: LastVerdict["outcome"];
  /** When it began: ISO 8601, UTC. */
  readonly at: string;
  readonly ageSeconds: number;
  readonly seconds: number;
  readonly failedSteps: readonly string[];
  /** Folder with the evidence, relative to the clone. */
  readonly evidence: string;
}

/** The seats, each with the last verdict on its machine. */
export function withVerdicts<Seat extends JudgedSeat>(
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
  { seat, machine }: Pick<JudgedSeat, "seat" | "machine">,
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
