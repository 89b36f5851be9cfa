import { stackFlag } from "../../../adapters/pulumi/operation";
import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { colorsFor } from "../../ui/stream";
import type { SeatWithMachine } from "../class-seats";
import { quickPerformance } from "./perform";
import { renderFailures, renderNotes } from "./summary";
import { type VerifyResult, verifySeats } from "./verify-seats";

/** A quick verdict, and the error to end with when it was not a pass. */
export interface QuickVerdict extends VerifyResult {
  readonly failure: LabError | undefined;
}

/** The short check at the end of `lab up`, on some seats: shown as it goes, and kept as evidence. */
export async function quickVerdict(
  context: CommandContext,
  config: LabConfig,
  seats: readonly SeatWithMachine[],
): Promise<QuickVerdict> {
  const performance = quickPerformance(context, config);
  const result = await verifySeats(context, { kind: "quick", title: "quick verdict", seats, performance });
  renderNotes(result.verdict, colorsFor(context.runtime.stderr)).forEach(context.reporter.info);
  return { ...result, failure: quickFailure(context, result) };
}

/** The error for a verdict that was not a pass. */
export function quickFailure(
  { options, runtime }: CommandContext,
  { verdict, evidence }: VerifyResult,
): LabError | undefined {
  const unproven = verdict.seats.filter(({ outcome }) => outcome !== "passed").map(({ seat }) => seat);
  const flag = stackFlag(options.stack);
  const hint = [
    `Verify the whole lesson: ./lab verify${flag}${unproven.map((seat) => ` --seat ${seat}`).join("")}`,
    `To recreate ${unproven.length > 1 ? "their machines" : "its machine"}, including the disk: ./lab up${flag}${unproven.map((seat) => ` --replace ${seat}`).join("")}`,
  ].join("\n");
  switch (verdict.outcome) {
    case "passed":
      return undefined;
    case "failed": {
      const failures = renderFailures(verdict, evidence, colorsFor(runtime.stderr));
      return new LabError(`The lab is up, but the lesson does not work on it.\n\n${failures.join("\n\n")}\n`, { hint });
    }
    case "interrupted":
      return new LabError("Stopped before the quick verdict was done.", { hint });
  }
}
