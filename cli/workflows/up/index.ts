import { withStackLock } from "../../../adapters/pulumi/stack-lock";
import type { CommandContext } from "../../../core/command-context";
import { warnOfNewBase } from "../prepare/base-change";
import { engineAddressesOfLab } from "../prepare/hosts/docker-engines";
import { supplyHosts } from "../prepare/hosts/supply";
import { prepareLab } from "../prepare/index";
import type { PreparedLab } from "../prepare/prepared-lab";
import { repairBeforeUp } from "../recovery/before";
import { changedSeats, verifyAfterUp } from "../verify/after-up";
import { classAfterUp } from "./class-after-up";
import { pulumiUp } from "./pulumi-up";
import { reportUp } from "./report";
import type { UpOptions } from "./run-up";

/**
 * All set-up, then a ready lab: lock the stack; configure, check capacity and find the Pulumi engine; repair what a killed
 * command left; then the steps of `upPrepared`.
 */
export async function up(context: CommandContext, options: UpOptions): Promise<void> {
  return withStackLock(context, "up", async (lastEnd) => {
    const lab = await prepareLab(context, options.changes, options.capacityCheck);
    const repaired = await repairBeforeUp(context, lab, { engines: engineAddressesOfLab(lab), lastEnd });
    await upPrepared(context, lab, repaired === "something" ? { ...options, refresh: "refresh" } : options);
  });
}

/**
 * The same with a stack that is locked and prepared: warn of a new base image; supply Docker hosts; recover machines, run
 * `pulumi up` and recreate drifted images; assign spares, verify, report. If some seats fail, the others are still verified
 * and reported.
 */
export async function upPrepared(context: CommandContext, lab: PreparedLab, options: UpOptions): Promise<void> {
  await warnOfNewBase(context, lab);
  await supplyHosts(context, lab);
  const run = await pulumiUp(context, lab, options);
  const all = await classAfterUp(context, lab, run);
  const seats = all.filter(({ state }) => state === "ready" || state === "spare");
  const changed = changedSeats(seats, run);
  const verdict = await verifyAfterUp(context, lab.settings, { ...options, seats, changed });
  await reportUp(context, lab, { run, all, seats, verdict, more: options.report });
}
