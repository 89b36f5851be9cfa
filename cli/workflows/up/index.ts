import { withStackLock } from "../../../adapters/pulumi/stack-lock";
import type { CommandContext } from "../../../core/command-context";
import { enginesOfLab } from "../prepare/hosts/engines";
import { supplyHosts } from "../prepare/hosts/supply";
import { prepareLab } from "../prepare/index";
import type { PreparedLab } from "../prepare/prepared-lab";
import { repairBeforeUp } from "../recovery/before";
import { changedSeats, verifyAfterUp } from "../verify/after-up";
import { classAfterUp } from "./class-after-up";
import { reportUp } from "./report";
import type { UpOptions } from "./run-up";
import { upWithImages } from "./up-with-images";

/**
 * All set-up, then a ready lab: lock the stack; configure, check capacity and find the Pulumi engine; repair what a killed
 * command left; then the steps of `upPrepared`.
 */
export async function up(context: CommandContext, request: UpOptions): Promise<void> {
  return withStackLock(context, "up", async (lastEnd) => {
    const lab = await prepareLab(context, request.changes, request.capacityCheck);
    const repaired = await repairBeforeUp(context, lab, { engines: enginesOfLab(lab), lastEnd });
    await upPrepared(context, lab, repaired === "something" ? { ...request, refresh: "refresh" } : request);
  });
}

/**
 * The same with a stack that is locked and prepared: supply Docker hosts, run `pulumi up` and put images in order, assign
 * spares, verify, report. Of a class in which some seats failed, the others are verified and reported all the same.
 */
export async function upPrepared(context: CommandContext, lab: PreparedLab, request: UpOptions): Promise<void> {
  await supplyHosts(context, lab);
  const run = await upWithImages(context, lab, request);
  const all = await classAfterUp(context, lab, run);
  const seats = all.filter(({ state }) => state === "ready" || state === "spare");
  const changed = changedSeats(seats, run);
  const verdict = await verifyAfterUp(context, lab.settings, { ...request, seats, changed });
  await reportUp(context, lab, { run, all, seats, verdict, more: request.report });
}
