import { askNodeImages } from "../../../adapters/docker/node-images";
import { explainFailure } from "../../../adapters/pulumi/explain";
import { type PulumiStack, runPulumi } from "../../../adapters/pulumi/run";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { answersSsh } from "../../../adapters/ssh/options";
import { declaredImages, describeDrift, type ImageDrift, imageDrift } from "../../../core/class-state/declared-images";
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

/** The state of a node that works. */
const STATE_OF_ROLE = { seat: "ready", spare: "spare", left: "left" } as const;

function stateOf(seat: KnownSeat, drift: readonly ImageDrift[]): string {
  if (!isComplete(seat)) {
    return "images missing";
  }
  return drift.length > 0 ? "drift" : STATE_OF_ROLE[seat.role];
}

/** Whether drifted images are marked in the stack's state, to be recreated by the next `pulumi up` of any kind. */
export type Marking = "mark" | "only look";

/** Marks the resources behind drifted images with pulumi's own `state taint`; gives their urns. */
export async function markDrift(stack: PulumiStack, seats: readonly SeatNow[]): Promise<string[]> {
  const urns = [...new Set(seats.flatMap(({ drift }) => (drift ?? []).map(({ urn }) => urn)))];
  if (urns.length === 0) {
    return [];
  }
  const result = await runPulumi(stack, ["state", "taint", ...urns, "--yes", "--stack", stack.name]);
  if (result.exitCode !== 0) {
    throw explainFailure(result.stderr, stack.name);
  }
  return urns;
}

/** What `status` says of images that are not as they were: a line a seat, and what to run. */
export function renderDrift(
  seats: readonly (Pick<KnownSeat, "seat"> & SeatNow)[],
  { marking, stack }: { readonly marking: Marking; readonly stack: string },
): string[] {
  const unasked = seats.flatMap(({ seat, unasked }) => (unasked === null ? [] : [`${seat}: ${unasked}`]));
  const drifted = seats.filter(({ drift }) => drift !== null && drift.length > 0);
  if (drifted.length === 0) {
    return unasked;
  }
  const lines = drifted.map(({ seat, drift }) => `${seat}: ${(drift ?? []).map(describeDrift).join(", ")}`);
  return [...unasked, ...lines, NEXT_STEPS[marking](stackFlag(stack))];
}

const NEXT_STEPS: Readonly<Record<Marking, (flag: string) => string>> = {
  mark: (flag) => `marked in the stack's state: the next pulumi up, or ./lab up${flag}, recreates them`,
  "only look": (flag) =>
    `./lab up${flag} recreates them; for plain pulumi up, mark them first: ./lab status${flag} --mark`,
};
