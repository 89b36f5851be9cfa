import { setTimeout as sleep } from "node:timers/promises";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import { type LastEnd, readLocks, requireIdle } from "../../../adapters/pulumi/stack-lock";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import type { Engines } from "../prepare/hosts/docker-engines";
import { inspect } from "./inspect";
import { perform } from "./perform";
import { planRepairs, type Repair, renderPlan, repairHint } from "./plan";

/** Somewhat longer than stop-orphan.sh may take. */
const PATIENCE_MILLISECONDS = 100_000;
const POLL_MILLISECONDS = 500;

/** Whether anything had to be repaired. */
export type Repaired = "nothing" | "something";

/** What is known of a stack before it is worked on. */
export interface Before {
  /** The Docker Engines of local machines. */
  readonly engines: Engines | undefined;
  readonly lastEnd: LastEnd;
}

/** Before `up`: performs the repairs that are safe, and reports them. Throws if something could be lost. */
export async function repairBeforeUp(
  context: CommandContext,
  opened: OpenedStack,
  { engines, lastEnd }: Before,
): Promise<Repaired> {
  await waitUntilIdle(context, opened, lastEnd);
  const plan = planRepairs(await inspect(opened, engines, "what hinders"), "what hinders");
  requireNoConsent(plan, opened);
  return performRepairs(context, opened, plan);
}

/** Before `down`: local machines are going to be removed anyway, so their repairs need no consent. */
export async function repairBeforeDown(
  context: CommandContext,
  opened: OpenedStack,
  { engines, lastEnd }: Before,
): Promise<void> {
  await waitUntilIdle(context, opened, lastEnd);
  const plan = planRepairs(await inspect(opened, engines, "what hinders"), "what hinders");
  if (engines === undefined) {
    requireNoConsent(plan, opened);
  }
  const needed = plan.filter(({ action }) => action.kind !== "write key files");
  await performRepairs(context, opened, needed);
}

function requireNoConsent(plan: readonly Repair[], { stack }: OpenedStack): void {
  const unsafe = plan.filter(({ consent }) => consent === "needed");
  if (unsafe.length > 0) {
    throw new LabError(`The lab "${stack.name}" must be repaired first:\n${renderPlan(unsafe)}`, {
      hint: repairHint(stack.name),
    });
  }
}

async function performRepairs(
  { reporter, signal }: CommandContext,
  opened: OpenedStack,
  plan: readonly Repair[],
): Promise<Repaired> {
  for (const { found, does } of plan) {
    reporter.warn(`${found}: ${does}`);
  }
  await perform(opened, plan, { refreshing: "later", signal });
  return plan.length === 0 ? "nothing" : "something";
}

/**
 * Waits until the pulumi of a killed `lab` has stopped: until then it still writes the state. Throws if another command works
 * on the stack.
 */
export async function waitUntilIdle(
  { reporter }: CommandContext,
  { stack }: OpenedStack,
  lastEnd: LastEnd,
): Promise<void> {
  const isAtWork = async () => (await readLocks(stack)).living.length > 0;
  if (lastEnd === "killed" && (await isAtWork())) {
    await reporter.task("the last lab was killed: waiting until its pulumi has stopped", async () => {
      const end = Date.now() + PATIENCE_MILLISECONDS;
      while (Date.now() < end && (await isAtWork())) {
        await sleep(POLL_MILLISECONDS);
      }
    });
  }
  await requireIdle(stack);
}
