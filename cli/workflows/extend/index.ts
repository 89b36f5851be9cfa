import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { withStackLock } from "../../../adapters/pulumi/stack-lock";
import { readState } from "../../../adapters/pulumi/state";
import { expiryOf } from "../../../config/expiry";
import { knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { wantedConfig } from "../configure/wanted-config";
import { prepareLab } from "../prepare/index";
import { waitUntilIdle } from "../recovery/before";
import { runUp } from "../up/run-up";
import { chooseEnd, type ExtendRequest, extensionJson, isoTime, renderExtension } from "./choose-end";
import { readSeatEnds, requireSameMachines, type SeatEnd } from "./seat-ends";

/** Gives a running class a later end: tags and the machines' timers change, the machines stay. */
export function extend(context: CommandContext, request: ExtendRequest): Promise<void> {
  return withStackLock(context, "extend", async (lastEnd) => {
    const { options, runtime, reporter } = context;
    const flag = stackFlag(options.stack);
    const opened = await openExistingStack(context);
    const { stack, config } = opened;
    await waitUntilIdle(context, opened, lastEnd);
    const { target, expires, moved } = wantedConfig(config, new Map());
    if (expiryOf({ target, expires }) === undefined) {
      throw new LabError(`The lab "${options.stack}" has no end: its machines never switch themselves off.`, {
        exitCode: 2,
        hint: `An end must be set when machines are created. For the next class: pulumi config set${flag} --path expires 8h (then ./lab up replaces all machines)`,
      });
    }
    const seats = knownSeats(await readState(stack), moved);
    if (seats.length === 0) {
      throw new LabError(`The lab "${options.stack}" is down: there is nothing to extend.`, {
        hint: `Run ./lab up${flag} to create it.`,
      });
    }
    const before = await reporter.task("asking the machines when they end", () => readSeatEnds(context, seats));
    const end = chooseEnd(request, { now: new Date(), before: latestOf(before, options.stack) });
    const lab = await prepareLab(context, new Map());
    await requireSameMachines(context, lab, { refusal: "Not extended", nodes: [] });
    lab.config.write(new Map([["extended", isoTime(end)]]));
    const { outcome } = await runUp(context, lab, { refresh: "trust-state", replace: [] });
    if (outcome === "seats failed") {
      throw new LabError("Not every machine has its new end: some did not answer.", {
        hint: `Run ./lab up${flag} to repair them.`,
      });
    }
    const extension = { stack: options.stack, end, before };
    runtime.stdout.write(
      options.json ? `${JSON.stringify(extensionJson(extension), null, 2)}\n` : renderExtension(extension),
    );
  });
}

/** The latest end of all machines. Throws if none of them reports one. */
function latestOf(ends: readonly SeatEnd[], stack: string): Date {
  const times = ends.flatMap(({ end }) => (end === undefined ? [] : [end.getTime()]));
  if (times.length === 0) {
    throw new LabError(`No machine of the lab "${stack}" reports when it ends: none answers, or none has a timer.`, {
      hint: `A class that has ended cannot be extended. Run ./lab up${stackFlag(stack)} to create it again.`,
    });
  }
  return new Date(Math.max(...times));
}
