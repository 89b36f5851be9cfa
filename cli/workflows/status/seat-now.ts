import { askNodeImages } from "../../../adapters/docker/node-images";
import { answersSsh } from "../../../adapters/ssh/options";
import { declaredImages, type ImageDrift, imageDrift } from "../../../core/class-state/declared-images";
import { isComplete, type KnownSeat } from "../../../core/class-state/known-seats";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";

/** How a seat is right now. */
export interface SeatNow {
  /** In a word or two. */
  readonly state: string;
  /** Images that are not there any more, or not as they were; null where the node could not be asked. */
  readonly drift: readonly ImageDrift[] | null;
  /** Why it could not; null where it was, or where there is nothing to ask it for. */
  readonly unasked: string | null;
}

/** Looks at a seat's node: whether it answers, and which images it has. */
export async function seatNow(
  context: CommandContext,
  seat: KnownSeat,
  resources: readonly StateResource[],
): Promise<SeatNow> {
  const { ssh, node } = seat;
  if (ssh === undefined) {
    return { state: "not made", drift: null, unasked: null };
  }
  if (!(await answersSsh(ssh))) {
    return { state: "unreachable", drift: null, unasked: null };
  }
  if (seat.ready === undefined) {
    return { state: "not ready", drift: null, unasked: null };
  }
  try {
    const drift = imageDrift(
      declaredImages(seat, resources),
      await askNodeImages(context, { node, ssh }, context.signal),
    );
    return { state: stateOf(seat, drift), drift, unasked: null };
  } catch (error) {
    return { state: "no answer", drift: null, unasked: (error as Error).message };
  }
}

/** What a node is that works, and is nobody's. */
const STATE_OF_ROLE = { seat: "ready", spare: "spare", left: "left" } as const;

function stateOf(seat: KnownSeat, drift: readonly ImageDrift[]): string {
  if (!isComplete(seat)) {
    return "images missing";
  }
  return drift.length > 0 ? "drift" : STATE_OF_ROLE[seat.role];
}
