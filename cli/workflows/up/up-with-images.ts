import { askNodeImages } from "../../../adapters/docker/node-images";
import { describeDrift } from "../../../core/class-state/declared-images";
import { isComplete, knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { mergeBoards } from "../../ui/board/merge";
import { silenceOfNode } from "../prepare/hosts/class-hosts";
import type { PreparedLab } from "../prepare/prepared-lab";
import { findDrift, type SeatDrift } from "./find-drift";
import type { UpOptions } from "./options";
import { runUp, type UpRun } from "./run-up";

const TELL_AFTER_MILLISECONDS = 3_000;

/** What `pulumi up` came to, and which images on nodes it had to put in order. */
export interface UpRunWithImages extends UpRun {
  readonly drift: readonly SeatDrift[];
}

/**
 * `pulumi up`, and a second one for images that were removed or retagged on their nodes: the docker plugin sees neither,
 * so their resources are replaced by name.
 */
export async function upWithImages(
  context: CommandContext,
  lab: PreparedLab,
  { refresh, replace, images }: Pick<UpOptions, "refresh" | "replace" | "images">,
): Promise<UpRunWithImages> {
  const first = await runUp(context, lab, { refresh, replace });
  if (images === "leave" || first.outcome !== "succeeded") {
    return { ...first, drift: [] };
  }
  const drift = await driftAfterUp(context, lab, first);
  tell(context, drift);
  const urns = new Set(drift.flatMap((seat) => seat.drift.map(({ urn }) => urn)));
  if (urns.size === 0) {
    return { ...first, drift };
  }
  const second = await runUp(context, lab, { refresh: "trust-state", replace: [], replaceResources: [...urns] });
  return { ...second, mended: first.mended, board: mergeBoards(first.board, second.board), drift };
}

/** Asks the nodes that are complete, but for those of a Docker host that does not answer. */
async function driftAfterUp(
  context: CommandContext,
  lab: PreparedLab,
  { resources }: UpRun,
): Promise<readonly SeatDrift[]> {
  const { reporter, signal } = context;
  const seats = knownSeats(resources, lab.settings.moved).filter(
    (seat) => isComplete(seat) && silenceOfNode(lab, seat.node) === undefined,
  );
  const timer = setTimeout(() => reporter.info("asking nodes for their images"), TELL_AFTER_MILLISECONDS);
  try {
    return await findDrift(seats, resources, (node, limit) => askNodeImages(context, node, limit), signal);
  } finally {
    clearTimeout(timer);
  }
}

function tell({ reporter }: CommandContext, seats: readonly SeatDrift[]): void {
  for (const { seat, drift, unasked } of seats) {
    if (unasked !== undefined) {
      reporter.warn(`${seat}: could not list its images: ${unasked}`);
    }
    for (const each of drift) {
      reporter.warn(`${seat}: ${describeDrift(each)}; recreating it`);
    }
  }
}
