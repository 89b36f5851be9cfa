import { mergeBoards } from "../output/board/merge";
import type { PreparedLab } from "../prepare";
import type { CommandContext } from "../surroundings";
import { runUp, type UpRequest, type UpRun } from "./run-up";

/**
 * `pulumi up`, and once more when a Docker Engine that stood still was restarted in the first one: what it was doing failed,
 * and can be done now.
 */
export async function runUpAgain(context: CommandContext, lab: PreparedLab, request: UpRequest): Promise<UpRun> {
  const first = await runUp(context, lab, request);
  if (first.outcome === "succeeded" || first.restarted.length === 0) {
    return first;
  }
  context.reporter.warn(
    `the Docker Engine was restarted on ${first.restarted.join(", ")}: what failed is tried once more`,
  );
  const second = await runUp(context, lab, { ...request, refresh: "trust-state", replace: [], replaceResources: [] });
  // What failed in the first one is done now, or has failed again.
  const board = mergeBoards({ ...first.board, failures: [] }, second.board);
  return { ...second, mended: [...new Set([...first.mended, ...second.mended])], board };
}
