import { dockerClient } from "../../adapters/docker/client";
import { ensureDockerEngine } from "../../adapters/docker/local-engine";
import { forgetImages, pushedNames } from "../../adapters/docker/node-images";
import { openExistingStack } from "../../adapters/pulumi/open-stack";
import { failedOperation, operationArguments } from "../../adapters/pulumi/operation";
import { runOperation } from "../../adapters/pulumi/run";
import { type LastEnd, withStackLock } from "../../adapters/pulumi/stack-lock";
import { readState } from "../../adapters/pulumi/state";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { announceInterruption } from "../interruption";
import { startBoard, stoppedOperation } from "../ui/board/start";
import { auditClass, type ClassLocation, locateClass } from "./audit/audit-class";
import { keptImages, listLeftovers, removalHint } from "./audit/leftovers";
import { describeKept } from "./audit/render";
import { findDockerEngines } from "./prepare/hosts/docker-engines";
import { repairBeforeDown } from "./recovery/before";

/** `pulumi destroy`, then an audit of the Docker Engine or of AWS, and of the key files: proof that nothing is left. */
export async function down(context: CommandContext): Promise<void> {
  return withStackLock(context, "down", (lastEnd) => takeDown(context, lastEnd));
}

async function takeDown(context: CommandContext, lastEnd: LastEnd): Promise<void> {
  const { options, runtime, signal } = context;
  announceInterruption(context);
  const opened = await openExistingStack(context);
  const { stack, config } = opened;
  const location = await locateClass(context, config, () => readState(stack));
  await requireEngine(context, location);
  await repairBeforeDown(context, opened, { engines: await findDockerEngines(context, opened), lastEnd });
  const board = startBoard({ stream: runtime.stderr, json: options.json });
  const arguments_ = operationArguments("destroy", options.stack, "trust-state");
  const result = await runOperation(stack, arguments_, board.onEvent, signal);
  const outcome = board.stop();
  if (result.exitCode !== 0) {
    throw signal.aborted
      ? stoppedOperation("destroy", outcome, options.stack)
      : failedOperation("destroy", outcome, result, options.stack);
  }
  await forgetPushedImages(context, location);
  // The later end was that class's, and does not hold for the next one.
  config.forget("extended");
  config.forget("placement");
  const { leftovers, proof, unproven = null } = await auditClass(context, location, []);
  if (options.json) {
    runtime.stdout.write(
      `${JSON.stringify({ stack: options.stack, summary: outcome.summary, leftovers, unproven }, null, 2)}\n`,
    );
  }
  if (leftovers.length > 0) {
    throw new LabError(
      `The stack is empty, but resources of the lab "${options.stack}" still exist:\n${listLeftovers(leftovers)}`,
      { hint: removalHint(leftovers) },
    );
  }
  if (!options.json) {
    runtime.stdout.write(`The lab "${options.stack}" is down: ${proof}.\n`);
    await reportKeptImages(context, location);
  }
  if (unproven !== null) {
    context.reporter.warn(unproven);
  }
}

/** Half a destroy is worse than none: keys would go, and machines stay. */
async function requireEngine(
  { reporter, runtime }: CommandContext,
  { aws, engine, hosts }: ClassLocation,
): Promise<void> {
  if (aws === "no" && hosts.length === 0) {
    await ensureDockerEngine({ host: engine, environment: runtime.environment, reporter });
  }
}

/** Names for the class's registry on the operator's Engine. The audit reports which have stayed. */
async function forgetPushedImages({ options, reporter }: CommandContext, { settings, engine }: ClassLocation) {
  const namesOf = pushedNames(options.stack, settings);
  if (namesOf !== undefined) {
    await forgetImages(dockerClient(engine), namesOf).catch((error: Error) =>
      reporter.warn(`images that were made for the class's registry may still be on ${engine}: ${error.message}`),
    );
  }
}

async function reportKeptImages({ runtime }: CommandContext, { aws, engine, hosts }: ClassLocation): Promise<void> {
  const kept = aws === "no" && hosts.length === 0 ? await keptImages(dockerClient(engine)) : [];
  if (kept.length > 0) {
    runtime.stdout.write(`Saved for the next lab: ${describeKept(kept)}; ./lab audit lists them.\n`);
  }
}
