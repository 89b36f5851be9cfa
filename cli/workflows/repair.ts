import { openExistingStack } from "../../adapters/pulumi/open-stack";
import { stackFlag } from "../../adapters/pulumi/stack-flag";
import { withStackLock } from "../../adapters/pulumi/stack-lock";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { announceInterruption } from "../interruption";
import { confirm } from "../ui/confirm";
import { findDockerEngines } from "./prepare/hosts/docker-engines";
import { waitUntilIdle } from "./recovery/before";
import { inspect } from "./recovery/inspect";
import { perform } from "./recovery/perform";
import { planRepairs, type Repair, renderPlan } from "./recovery/plan";

/** Whether somebody has already agreed to the plan. */
export type Consent = "given" | "to be asked for";

/** Shows what is wrong with a stack after something was killed or deleted, and repairs it. */
export async function repair(context: CommandContext, consent: Consent): Promise<void> {
  return withStackLock(context, "repair", async (lastEnd) => {
    announceInterruption(context);
    const { options, runtime, signal } = context;
    const opened = await openExistingStack(context);
    await waitUntilIdle(context, opened, lastEnd);
    const engines = await findDockerEngines(context, opened);
    const plan = planRepairs(await inspect(opened, engines, "all"), "all");
    if (plan.length > 0) {
      await requireConsent(context, plan, consent);
    }
    await perform(opened, plan, { refreshing: "now", signal });
    const flag = stackFlag(options.stack);
    const text =
      plan.length === 0
        ? `Nothing is left to repair in the lab "${options.stack}".\n`
        : `Repaired. Run ./lab up${flag} to continue, or ./lab down${flag} to remove the lab.\n`;
    runtime.stdout.write(options.json ? planJson(options.stack, plan, "done") : text);
  });
}

/** Shows the plan. Throws unless somebody agrees to it. */
async function requireConsent(
  { options: { stack, json }, runtime: { stdout, stderr }, signal }: CommandContext,
  plan: readonly Repair[],
  consent: Consent,
): Promise<void> {
  if (!json) {
    stdout.write(`To repair the lab "${stack}":\n${renderPlan(plan)}\n`);
  }
  if (consent === "given") {
    return;
  }
  if (json || !process.stdin.isTTY) {
    if (json) {
      stdout.write(planJson(stack, plan, "planned"));
    }
    throw new LabError("Nothing was changed.", {
      hint: `Run ./lab repair${stackFlag(stack)} --yes to perform the plan.`,
    });
  }
  if ((await confirm("Perform this plan?", { input: process.stdin, output: stderr, signal })) === "no") {
    throw new LabError("Nothing was changed.");
  }
}

function planJson(stack: string, plan: readonly Repair[], outcome: "planned" | "done"): string {
  const steps = plan.map(({ found, does, consent }) => ({ found, does, consent }));
  return `${JSON.stringify({ stack, outcome, plan: steps }, null, 2)}\n`;
}
