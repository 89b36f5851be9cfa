import { openExistingStack } from "../../adapters/pulumi/open-stack";
import { stackFlag } from "../../adapters/pulumi/operation";
import { withStackLock } from "../../adapters/pulumi/stack-lock";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { announceInterruption } from "../context";
import { confirm } from "../ui/confirm";
import { findEngines } from "./prepare/hosts/engines";
import { waitUntilIdle } from "./recovery/before";
import { list } from "./recovery/descriptions";
import { inspect } from "./recovery/inspect";
import { perform } from "./recovery/perform";
import { planRepairs, type Repair } from "./recovery/plan";

/** Whether somebody has agreed to the plan already. */
export type Consent = "given" | "to be asked for";

/** Shows what is wrong with a stack after something was killed or deleted, and repairs it. */
export async function repair(context: CommandContext, consent: Consent): Promise<void> {
  return withStackLock(context, "repair", async (lastEnd) => {
    announceInterruption(context);
    const opened = await openExistingStack(context);
    await waitUntilIdle(context, opened, lastEnd);
    const engines = await findEngines(context, opened);
    const plan = planRepairs(await inspect(opened, engines, "secrets too"), "all");
    await agree(context, plan, consent);
    await perform(opened, plan, { refreshing: "now", signal: context.signal });
    tell(context, plan);
  });
}

/** Shows the plan. Throws unless it is agreed to. */
async function agree(
  { options, runtime, signal }: CommandContext,
  plan: readonly Repair[],
  consent: Consent,
): Promise<void> {
  if (plan.length === 0) {
    return;
  }
  if (!options.json) {
    runtime.stdout.write(`To repair the lab "${options.stack}":\n${list(plan)}\n`);
  }
  if (consent === "given") {
    return;
  }
  if (options.json || !process.stdin.isTTY) {
    if (options.json) {
      runtime.stdout.write(resultJson(options.stack, plan, "planned"));
    }
    throw new LabError("Nothing was changed yet.", { hint: `Go on: ./lab repair${stackFlag(options.stack)} --yes` });
  }
  if ((await confirm("Go on?", { input: process.stdin, output: runtime.stderr, signal })) === "no") {
    throw new LabError("Nothing was changed.");
  }
}

function tell({ options, runtime }: CommandContext, plan: readonly Repair[]): void {
  if (options.json) {
    runtime.stdout.write(resultJson(options.stack, plan, "done"));
    return;
  }
  const flag = stackFlag(options.stack);
  runtime.stdout.write(
    plan.length === 0
      ? `Nothing is left to repair in the lab "${options.stack}".\n`
      : `Repaired. Go on with ./lab up${flag}, or take the lab down: ./lab down${flag}\n`,
  );
}

function resultJson(stack: string, plan: readonly Repair[], outcome: "planned" | "done"): string {
  const steps = plan.map(({ found, does, consent }) => ({ found, does, consent }));
  return `${JSON.stringify({ stack, outcome, plan: steps }, null, 2)}\n`;
}
