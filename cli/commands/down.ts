import { existsSync } from "node:fs";
import { join } from "node:path";
import { dockerClient } from "../../components/machines/docker-client";
import { dockerHost } from "../../components/machines/docker-host";
import { cardsDirectory, portalDirectory, sshDirectory } from "../../components/ssh-options";
import { settingAt } from "../../config/settings";
import { LabError } from "../errors";
import { forgetImages, pushedNames } from "../forget-images";
import { type OpenedStack, openExistingStack } from "../open-stack";
import { startBoard } from "../output/board/start";
import { failedOperation, operationArguments } from "../pulumi/operation";
import { runOperation } from "../pulumi/run";
import type { StackConfig } from "../pulumi/stack-config";
import { readState } from "../pulumi/state";
import { type CommandContext, type Surroundings, tellWhenInterrupted } from "../surroundings";
import { findSurvivors, listSurvivors, removalHint, type Survivor } from "../survivors";

/** `pulumi destroy`, then a look at the Docker Engine or at AWS, and at the key files: proof that nothing is left. */
export async function down(context: CommandContext): Promise<void> {
  const { options, surroundings, signal } = context;
  tellWhenInterrupted(context);
  const opened = await openExistingStack(context);
  const look = await lookerFor(context, opened);
  const board = startBoard({ stream: surroundings.stderr, json: options.json });
  const arguments_ = operationArguments("destroy", options.stack, "trust-state");
  const result = await runOperation(opened.stack, arguments_, board.onEvent, signal);
  const outcome = board.stop();
  if (result.exitCode !== 0) {
    throw failedOperation("destroy", outcome, result, options.stack);
  }
  await forgetPushedImages(context, opened);
  // The later end was that class's: the next one's machines end as they are made to.
  opened.config.forget("extended");
  const { survivors: left, proof, unproven = null } = await look();
  const survivors = [...left, ...secretSurvivors(context)];
  if (options.json) {
    surroundings.stdout.write(
      `${JSON.stringify({ stack: options.stack, summary: outcome.summary, survivors, unproven }, null, 2)}\n`,
    );
  }
  if (survivors.length > 0) {
    throw new LabError(
      `The stack is empty, but of the lab "${options.stack}" there is still:\n${listSurvivors(survivors)}`,
      { hint: removalHint(survivors) },
    );
  }
  if (!options.json) {
    surroundings.stdout.write(`The lab "${options.stack}" is down: ${proof}.\n`);
  }
  if (unproven !== null) {
    context.reporter.warn(unproven);
  }
}

/** What a look at the place where the machines were came to. */
interface Evidence {
  readonly survivors: readonly Survivor[];
  /** What was looked at, and found gone. */
  readonly proof: string;
  /** What could not be looked at, and how to do it by hand. */
  readonly unproven?: string;
}

/** Names for the class's registry on the operator's Engine: they stand in nobody's way, so what stays is no failure. */
async function forgetPushedImages({ options, reporter, surroundings }: CommandContext, { config }: OpenedStack) {
  const isForgotten = pushedNames(options.stack, config.read());
  if (isForgotten === undefined) {
    return;
  }
  const host = await engineHost(surroundings, config);
  const stayed = await forgetImages(dockerClient(host), isForgotten).catch((error: Error) => [
    `all of them (${error.message})`,
  ]);
  if (stayed.length > 0) {
    reporter.warn(`images that were made for the class's registry are still on ${host}: ${stayed.join(", ")}`);
  }
}

/** Reads what has to be known beforehand: after the destroy the state is empty. */
async function lookerFor(context: CommandContext, opened: OpenedStack): Promise<() => Promise<Evidence>> {
  if (settingAt(opened.config.read(), "target") !== "aws") {
    return () => lookAtEngine(context, opened);
  }
  // Loaded for this target alone.
  const { awsEvidence } = require("../audit/aws-evidence") as typeof import("../audit/aws-evidence");
  const { awsClassOf } = require("../audit/aws-class") as typeof import("../audit/aws-class");
  const { stack, config } = opened;
  const { environment } = context.surroundings;
  const awsClass = awsClassOf(stack.name, { resources: await readState(stack), config, environment });
  return () => context.reporter.task("asking AWS what is left", () => awsEvidence(awsClass));
}

async function lookAtEngine({ surroundings, options }: CommandContext, { config }: OpenedStack): Promise<Evidence> {
  const host = await engineHost(surroundings, config);
  return {
    survivors: await findSurvivors(host, options.stack),
    proof: "no container, volume, network or key of it is left",
  };
}

/** Folders with the lab's secrets that should have gone with it. */
function secretSurvivors({ surroundings, options }: CommandContext): Survivor[] {
  const secrets = {
    "key folder": sshDirectory(options.stack),
    "folder of cards": cardsDirectory(options.stack),
    "portal's folder": portalDirectory(options.stack),
  };
  return Object.entries(secrets)
    .filter(([, folder]) => existsSync(join(surroundings.programDirectory, folder)))
    .map(([what, folder]) => ({ what: `the ${what} ${folder}`, remove: `rm -r ${folder}` }));
}

async function engineHost({ environment }: Surroundings, config: StackConfig): Promise<string> {
  const configured = settingAt(config.read(), "docker.host");
  return configured === undefined ? dockerHost(environment) : String(configured);
}
