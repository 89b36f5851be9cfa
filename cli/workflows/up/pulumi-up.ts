import { type AskImages, askNodeImages } from "../../../adapters/docker/node-images";
import { declaredImages, describeDrift, type ImageDrift, imageDrift } from "../../../core/class-state/declared-images";
import { isComplete, type KnownSeat, knownSeats } from "../../../core/class-state/known-seats";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { mapBounded } from "../../../core/limits";
import { mergeBoards } from "../../ui/board/rows";
import { silenceOfNode } from "../prepare/hosts/docker-engines";
import type { PreparedLab } from "../prepare/prepared-lab";
import { runUp, type UpOptions, type UpRun } from "./run-up";

const REPORT_AFTER_MILLISECONDS = 3_000;

/** Result of `pulumi up`, with the images on nodes that it had to repair. */
export interface PulumiUpResult extends UpRun {
  readonly drift: readonly SeatDrift[];
}

/**
 * `pulumi up`, and a second one for images that were removed or retagged on their nodes: the docker plugin sees neither,
 * so their resources are replaced by name.
 */
export async function pulumiUp(
  context: CommandContext,
  lab: PreparedLab,
  { refresh, replace, images }: Pick<UpOptions, "refresh" | "replace" | "images">,
): Promise<PulumiUpResult> {
  const first = await runUp(context, lab, { refresh, replace });
  if (images === "leave" || first.outcome !== "succeeded") {
    return { ...first, drift: [] };
  }
  const drift = await driftAfterUp(context, lab, first);
  reportDrift(context, drift);
  const urns = new Set(drift.flatMap((seat) => seat.drift.map(({ urn }) => urn)));
  if (urns.size === 0) {
    return { ...first, drift };
  }
  const second = await runUp(context, lab, { refresh: "trust-state", replace: [], replaceResources: [...urns] });
  return { ...second, recovered: first.recovered, board: mergeBoards(first.board, second.board), drift };
}

/** Asks the complete nodes, except those of a Docker host that does not answer. */
async function driftAfterUp(
  context: CommandContext,
  lab: PreparedLab,
  { resources }: UpRun,
): Promise<readonly SeatDrift[]> {
  const { reporter, signal } = context;
  const seats = knownSeats(resources, lab.settings.moved).filter(
    (seat) => isComplete(seat) && silenceOfNode(lab, seat.node) === undefined,
  );
  const timer = setTimeout(() => reporter.info("asking nodes for their images"), REPORT_AFTER_MILLISECONDS);
  try {
    return await findDrift(seats, resources, (node, limit) => askNodeImages(context, node, limit), signal);
  } finally {
    clearTimeout(timer);
  }
}

function reportDrift({ reporter }: CommandContext, seats: readonly SeatDrift[]): void {
  for (const { seat, drift, unasked } of seats) {
    if (unasked !== undefined) {
      reporter.warn(`${seat}: could not list its images: ${unasked}`);
    }
    for (const each of drift) {
      reporter.warn(`${seat}: ${describeDrift(each)}; recreating it`);
    }
  }
}

/** A seat, and what of its images is not as it was. */
export interface SeatDrift {
  readonly seat: string;
  readonly drift: readonly ImageDrift[];
  /** Why its node could not be asked. Undefined when it was. */
  readonly unasked?: string;
}

/** How many nodes are asked at a time: each costs this machine the work of a login. */
export const ASKED_AT_A_TIME = 16;

/** Asks the nodes of these seats for their images. Gives the seats whose images differ, or whose node gave no answer. */
export async function findDrift(
  seats: readonly KnownSeat[],
  resources: readonly StateResource[],
  ask: AskImages,
  signal: AbortSignal,
): Promise<SeatDrift[]> {
  const found = await mapBounded(seats, ASKED_AT_A_TIME, async (known): Promise<SeatDrift[]> => {
    const { seat, node, ssh } = known;
    const declared = declaredImages(known, resources);
    if (ssh === undefined || declared.length === 0) {
      return [];
    }
    try {
      const drift = imageDrift(declared, await ask({ node, ssh }, signal));
      return drift.length === 0 ? [] : [{ seat, drift }];
    } catch (error) {
      return [{ seat, drift: [], unasked: (error as Error).message }];
    }
  });
  return found.flat();
}
