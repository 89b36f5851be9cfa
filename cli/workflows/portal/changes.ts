import type { CommandContext } from "../../../core/command-context";
import { ClassChanges } from "../../../portal/server/changes/class-changes";
import { labOf } from "../../../portal/server/changes/run-lab";
import type { SeatNodes } from "../../../portal/server/seat-nodes";
import type { SeatDirectory } from "../../../portal/server/seats";

/** Changes that the wall makes by `lab` of this clone. After each, the portal looks where seats are, and goes there. */
export function openChanges(
  { runtime, options }: CommandContext,
  seats: SeatDirectory,
  nodes: SeatNodes,
): ClassChanges {
  return new ClassChanges({
    run: labOf(runtime, options.stack),
    now: () => new Date(),
    onMade: async (change) => {
      await seats.look();
      if (change.kind !== "extend") {
        nodes.leave(change.seat);
      }
    },
  });
}

/** Waits for a change that is at work: dropped, it would leave half a machine. It has heard a Ctrl-C at this terminal, too. */
export async function endOfChange({ reporter }: CommandContext, changes: ClassChanges): Promise<void> {
  const change = changes.view();
  if (change?.state === "running") {
    await reporter.task(`waiting for ${change.command}, which the wall has begun`, () => changes.settled());
  }
}
