import { stackFlag } from "../../../adapters/pulumi/operation";
import { withStackLock } from "../../../adapters/pulumi/stack-lock";
import { labLock } from "../../../config/lock";
import type { CommandContext } from "../../../core/command-context";
import type { LabError } from "../../../core/errors";
import { phaseSeconds, readyAfter } from "../../ui/board/outcome";
import { renderLab, renderNextSteps } from "../../ui/lab-text";
import { movedPackages, warnOfMovedPackages } from "../lock/packages";
import { portalNow } from "../portal/machine";
import { enginesOfLab } from "../prepare/hosts/engines";
import { supplyHosts } from "../prepare/hosts/supply";
import { prepareLab } from "../prepare/index";
import type { PreparedLab } from "../prepare/prepared-lab";
import { repairBeforeUp } from "../recovery/before";
import { describeQuickVerdict, verifyAfterUp } from "../verify/after-up";
import { changedSeats } from "../verify/seats";
import { withVerdicts } from "../verify/shown-verdict";
import { classAfterUp } from "./class-after-up";
import { failedSeatsError } from "./failed-seats";
import type { UpOptions } from "./options";
import { upWithImages } from "./up-with-images";

/** All set-up, then a ready lab. Of a class in which some seats failed, what is well is verified and told all the same. */
export async function up(context: CommandContext, request: UpOptions): Promise<void> {
  return withStackLock(context, "up", async (lastEnd) => {
    const lab = await prepareLab(context, request.changes, request.room);
    const mended = await repairBeforeUp(context, lab, { engines: enginesOfLab(lab), lastEnd });
    await upPrepared(context, lab, mended === "something" ? { ...request, refresh: "refresh" } : request);
  });
}

/** The same, once all set-up is done and nobody else is at work. */
export async function upPrepared(context: CommandContext, lab: PreparedLab, request: UpOptions): Promise<void> {
  const { options, runtime } = context;
  await supplyHosts(context, lab);
  const run = await upWithImages(context, lab, request);
  const all = await classAfterUp(context, lab, run);
  const isFailed = all.some(({ state }) => state === "failed");
  const seats = all.filter(({ state }) => state === "ready" || state === "spare");
  const quick = await verifyAfterUp(context, lab.settings, {
    ...request,
    seats,
    changed: changedSeats(seats, run),
  });
  const text = {
    stack: options.stack,
    engine: engineOf(lab),
    seats: withVerdicts(context, all),
    ...(await portalNow(run.resources)),
  };
  const packages = movedPackages(seats, labLock().packages);
  const more = {
    seconds: phaseSeconds(run.board),
    readyAfter: readyAfter(run.board),
    summary: run.board.summary,
    drift: run.drift,
    ...request.report,
    verified: describeQuickVerdict(quick),
  };
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ ...text, movedPackages: packages, ...more }, null, 2)}\n`
      : `\n${renderLab(text)}${isFailed ? "" : renderNextSteps(text, stackFlag(options.stack))}`,
  );
  warnOfMovedPackages(context.reporter, packages);
  endWith(context, isFailed ? failedSeatsError(all, options.stack) : undefined, quick?.failure);
}

function engineOf({ engine: { kind, version } }: PreparedLab) {
  return { kind, version };
}

/** Throws what went wrong; of two things the one that has to be mended first. */
function endWith({ reporter }: CommandContext, seats: LabError | undefined, verdict: LabError | undefined): void {
  if (seats !== undefined && verdict !== undefined) {
    reporter.warn(verdict.message);
  }
  const failure = seats ?? verdict;
  if (failure !== undefined) {
    throw failure;
  }
}
