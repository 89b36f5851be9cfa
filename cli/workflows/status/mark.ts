import { explainFailure } from "../../../adapters/pulumi/explain";
import { type PulumiStack, runPulumi } from "../../../adapters/pulumi/run";
import type { SeatNow } from "./seat-now";

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
