import type { AskImages } from "../../../adapters/docker/node-images";
import { declaredImages, type ImageDrift, imageDrift } from "../../../core/class-state/declared-images";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { StateResource } from "../../../core/class-state/state-resource";
import { mapBounded } from "../../../core/limits";

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
