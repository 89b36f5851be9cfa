import { mergeBoards } from "../output/board/merge";
import type { Reporter } from "../output/reporter";
import type { UpRequest, UpRun } from "./run-up";

/**
 * `pulumi up`, and once more when a Docker Engine that stood still was restarted in the first one: what it was doing failed,
 * and can be done now.
 */
export async function runUpAgain(
  reporter: Reporter,
  request: UpRequest,
  run: (request: UpRequest) => Promise<UpRun>,
): Promise<UpRun> {
  const first = await run(request);
  if (first.outcome === "succeeded" || first.restarted.length === 0) {
    return first;
  }
  reporter.warn(`the Docker Engine was restarted on ${first.restarted.join(", ")}: what failed is tried once more`);
  const second = await run({ ...request, refresh: "trust-state", replace: [], replaceResources: [] });
  // What failed in the first one is done now, or has failed again.
  const board = mergeBoards({ ...first.board, failures: [] }, second.board);
  return { ...second, mended: [...new Set([...first.mended, ...second.mended])], board };
}
