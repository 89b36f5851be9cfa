import { stackFlag } from "../../../adapters/pulumi/operation";
import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { colorsFor } from "../../ui/stream";
import { type Judgement, judge } from "./judge";
import { quickPerformance } from "./perform";
import type { JudgedSeat } from "./seats";
import { renderFailures, renderNotes } from "./summary";

/** A quick verdict, and the error to end with when it was not a pass. */
export interface QuickVerdict extends Judgement {
  readonly failure: LabError | undefined;
}

/** The short check at the end of `lab up`, on some seats: shown as it goes, and kept as evidence. */
export async function quickVerdict(
  context: CommandContext,
  config: LabConfig,
  seats: readonly JudgedSeat[],
): Promise<QuickVerdict> {
  const performance = quickPerformance(context, config);
  const judgement = await judge(context, { kind: "quick", title: "quick verdict", seats, performance });
  renderNotes(judgement.verdict, colorsFor(context.runtime.stderr)).forEach(context.reporter.info);
  return { ...judgement, failure: quickFailure(context, judgement) };
}

/** The error for a verdict that was not a pass. */
export function quickFailure(
  { options, runtime }: CommandContext,
  { verdict, evidence }: Judgement,
): LabError | undefined {
  const unproven = verdict.seats.filter(({ outcome }) => outcome !== "passed").map(({ seat }) => seat);
  const flag = stackFlag(options.stack);
  const hint = [
    `For the whole verdict type ./lab verify${flag}${unproven.map((seat) => ` --seat ${seat}`).join("")}`,
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
