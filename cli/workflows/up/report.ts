import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { labLock } from "../../../config/lock";
import type { CommandContext } from "../../../core/command-context";
import type { LabError } from "../../../core/errors";
import { phaseSeconds, readyAfter } from "../../ui/board/outcome";
import { renderLab, renderNextSteps } from "../../ui/lab-text";
import { movedPackages, warnOfMovedPackages } from "../lock/packages";
import { portalNow } from "../portal/machine";
import type { PreparedLab } from "../prepare/prepared-lab";
import { describeQuickVerdict } from "../verify/after-up";
import { withVerdicts } from "../verify/last-verdicts";
import type { QuickVerdict } from "../verify/verify-seats";
import type { SeatOutcome } from "./class-after-up";
import { failedSeatsError } from "./failed-seats";
import type { PulumiUpResult } from "./pulumi-up";

/** Result of an `up`. */
export interface UpResult {
  readonly run: PulumiUpResult;
  readonly all: readonly SeatOutcome[];
  /** Those that are ready, spares included. */
  readonly seats: readonly SeatOutcome[];
  readonly verdict: QuickVerdict | undefined;
  /** Further parts of the JSON. */
  readonly more: Readonly<Record<string, unknown>> | undefined;
}

/** Prints the lab, as text or JSON. Throws when seats failed, or did not pass the quick verdict. */
export async function reportUp(context: CommandContext, lab: PreparedLab, result: UpResult): Promise<void> {
  const { options, runtime } = context;
  const { run, all, seats, verdict } = result;
  const { kind, version } = lab.engine;
  const text = {
    stack: options.stack,
    engine: { kind, version },
    seats: withVerdicts(context, all),
    ...(await portalNow(run.resources)),
  };
  const packages = movedPackages(seats, labLock().packages);
  const more = {
    seconds: phaseSeconds(run.board),
    readyAfter: readyAfter(run.board),
    summary: run.board.summary,
    drift: run.drift,
    ...result.more,
    verified: describeQuickVerdict(verdict),
  };
  const failure = all.some(({ state }) => state === "failed") ? failedSeatsError(all, options.stack) : undefined;
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ ...text, movedPackages: packages, ...more }, null, 2)}\n`
      : `\n${renderLab(text)}${failure === undefined ? renderNextSteps(text, stackFlag(options.stack)) : ""}`,
  );
  warnOfMovedPackages(context.reporter, packages);
  endWith(context, failure, verdict?.failure);
}

/** Throws what went wrong; of two failures the one that has to be repaired first. */
function endWith({ reporter }: CommandContext, seats: LabError | undefined, verdict: LabError | undefined): void {
  if (seats !== undefined && verdict !== undefined) {
    reporter.warn(verdict.message);
  }
  const failure = seats ?? verdict;
  if (failure !== undefined) {
    throw failure;
  }
}
