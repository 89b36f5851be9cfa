import type { Refresh } from "../../../adapters/pulumi/operation";
import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { lastVerdictsOf } from "./last-verdicts";
import type { QuickVerdict } from "./quick";
import { type JudgedSeat, seatsToVerify } from "./seats";

/** What an `up` has come to, as far as verdicts go. */
export interface UpOutcome {
  readonly seats: readonly JudgedSeat[];
  /** Those on whose nodes something was made or changed. */
  readonly changed: readonly JudgedSeat[];
  readonly refresh: Refresh;
  readonly verdict: "quick" | "none";
}

/** The quick verdict at the end of `up`; undefined when there was nothing to verify, or it was not asked for. */
export async function verifyAfterUp(
  context: CommandContext,
  config: LabConfig,
  { seats, changed, refresh, verdict }: UpOutcome,
): Promise<QuickVerdict | undefined> {
  const last = lastVerdictsOf(context);
  if (verdict === "none") {
    last.forget(changed.map(({ seat }) => seat));
    return undefined;
  }
  const due = seatsToVerify(seats, changed, last.read(), refresh);
  if (due.length === 0) {
    return undefined;
  }
  // Read only now: an `up` with nothing to do must not get slower.
  const { quickVerdict }: typeof import("./quick") = require("./quick");
  return quickVerdict(context, config, due);
}

/** A quick verdict as `up --json` has it. */
export function describeQuickVerdict(quick: QuickVerdict | undefined) {
  if (quick === undefined) {
    return null;
  }
  const { outcome, seconds, seats } = quick.verdict;
  return { outcome, seconds, seats: seats.map(({ seat }) => seat), evidence: quick.evidence };
}
