import type { UpOptions } from "../commands/up";
import { DriftWatch, type SeatDrift } from "../drift/drift-watch";
import { describeDrift } from "../drift/image-drift";
import type { AskImages } from "../drift/node-images";
import { mergeBoards } from "../output/board/merge";
import type { PreparedLab } from "../prepare";
import { readOwnState } from "../pulumi/read-state";
import type { CommandContext } from "../surroundings";
import { runUp, type UpRequest, type UpRun } from "./run-up";
import { runUpAgain } from "./run-up-again";
import { wakeDocker } from "./wake-docker";

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
  const run = (request: UpRequest) => runUp(context, lab, request);
  if (images === "leave") {
    return { ...(await runUpAgain(context.reporter, { refresh, replace }, run)), drift: [] };
  }
  const woken: string[] = [];
  const watch = new DriftWatch({
    ask: askerFor(context, lab, woken),
    moved: lab.settings.moved,
    // Where only another pulumi could tell, it would take the time that asking early saves.
    before: async () => readOwnState(lab.stack) ?? [],
  });
  try {
    const request: UpRequest = { refresh, replace, onEvent: (event) => watch.take(event) };
    const first = await runUpAgain(context.reporter, request, run);
    const drift = first.outcome === "succeeded" ? await driftOf(context, watch, first) : [];
    tell(context, drift, woken);
    const urns = new Set(drift.flatMap((seat) => seat.drift.map(({ urn }) => urn)));
    if (urns.size === 0) {
      return { ...first, drift };
    }
    const second = await run({ refresh: "trust-state", replace: [], replaceResources: [...urns] });
    return { ...second, mended: first.mended, board: mergeBoards(first.board, second.board), drift };
  } finally {
    watch.stop();
  }
}

/** What is usually known by then; who waits longer is told what for. */
async function driftOf({ reporter }: CommandContext, watch: DriftWatch, { resources }: UpRun): Promise<SeatDrift[]> {
  const tell = () => reporter.info("waiting for nodes that have not said yet which images they have");
  const timer = setTimeout(tell, TELL_AFTER_MILLISECONDS);
  try {
    return await watch.result(resources);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks a node, and once more where its Docker Engine stood still and was restarted for it, which goes into `woken`. */
function askerFor(context: CommandContext, lab: PreparedLab, woken: string[]): AskImages {
  return async (node, over) => {
    const signal = AbortSignal.any([over, context.signal]);
    // Loaded while pulumi is at work: before it, every `up` would wait for it.
    const { askNodeImages } = require("../drift/node-images") as typeof import("../drift/node-images");
    try {
      return await askNodeImages(context, node, signal);
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      const done = await wakeDocker(lab, context.surroundings.programDirectory, node.node).catch(() => "");
      if (done === "") {
        throw error;
      }
      woken.push(`${node.node}: ${done}`);
      return askNodeImages(context, node, signal);
    }
  };
}

function tell({ reporter }: CommandContext, seats: readonly SeatDrift[], woken: readonly string[]): void {
  for (const line of woken) {
    reporter.warn(line);
  }
  for (const { seat, drift, unasked } of seats) {
    if (unasked !== undefined) {
      reporter.warn(`${seat}: its images could not be looked at: ${unasked}`);
    }
    for (const each of drift) {
      reporter.warn(`${seat}: ${describeDrift(each)}; it is made anew`);
    }
  }
}
