import type { UpOptions } from "../commands/up";
import { DriftWatch, type SeatDrift } from "../drift/drift-watch";
import { describeDrift } from "../drift/image-drift";
import type { AskImages } from "../drift/node-images";
import { mergeBoards } from "../output/board/merge";
import type { PreparedLab } from "../prepare";
import type { CommandContext } from "../surroundings";
import { runUp, type UpRun } from "./run-up";

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
  if (images === "leave") {
    return { ...(await runUp(context, lab, { refresh, replace })), drift: [] };
  }
  const watch = new DriftWatch(askerFor(context), lab.settings.moved);
  try {
    const first = await runUp(context, lab, { refresh, replace, onEvent: (event) => watch.take(event) });
    const drift = first.outcome === "succeeded" ? await watch.result(first.resources) : [];
    tell(context, drift);
    const urns = new Set(drift.flatMap((seat) => seat.drift.map(({ urn }) => urn)));
    if (urns.size === 0) {
      return { ...first, drift };
    }
    const second = await runUp(context, lab, { refresh: "trust-state", replace: [], replaceResources: [...urns] });
    return { ...second, mended: first.mended, board: mergeBoards(first.board, second.board), drift };
  } finally {
    watch.stop();
  }
}

function askerFor(context: CommandContext) {
  return (...[node, signal]: Parameters<AskImages>) => {
    // Loaded while pulumi is at work: before it, every `up` would wait for it.
    const { askNodeImages } = require("../drift/node-images") as typeof import("../drift/node-images");
    return askNodeImages(context, node, signal);
  };
}

function tell({ reporter }: CommandContext, seats: readonly SeatDrift[]): void {
  for (const { seat, drift, unasked } of seats) {
    if (unasked !== undefined) {
      reporter.warn(`${seat}: its images could not be looked at: ${unasked}`);
    }
    for (const each of drift) {
      reporter.warn(`${seat}: ${describeDrift(each)}; it is made anew`);
    }
  }
}
