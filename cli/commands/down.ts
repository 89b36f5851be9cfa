import { existsSync } from "node:fs";
import { join } from "node:path";
import { dockerClient } from "../../components/machines/docker-client";
import { dockerHost } from "../../components/machines/docker-host";
import { sshDirectory } from "../../components/ssh-options";
import { settingAt } from "../../config/settings";
import { LabError } from "../errors";
import { forgetImages, pushedNames } from "../forget-images";
import { type OpenedStack, openExistingStack } from "../open-stack";
import { startBoard } from "../output/board/start";
import { failedOperation, operationArguments } from "../pulumi/operation";
import { runOperation } from "../pulumi/run";
import type { StackConfig } from "../pulumi/stack-config";
import { type CommandContext, type Surroundings, tellWhenInterrupted } from "../surroundings";
import { findSurvivors, listSurvivors, removalHint, type Survivor } from "../survivors";

/** `pulumi destroy`, then a look at the Docker Engine and the key files: proof that nothing is left. */
export async function down(context: CommandContext): Promise<void> {
  const { options, surroundings, signal } = context;
  tellWhenInterrupted(context);
  const opened = await openExistingStack(context);
  const board = startBoard({ stream: surroundings.stderr, json: options.json });
  const arguments_ = operationArguments("destroy", options.stack, "trust-state");
  const result = await runOperation(opened.stack, arguments_, board.onEvent, signal);
  const outcome = board.stop();
  if (result.exitCode !== 0) {
    throw failedOperation("destroy", outcome, result, options.stack);
  }
  await forgetPushedImages(context, opened);
  const survivors = await survivorsOf(context, opened);
  if (options.json) {
    surroundings.stdout.write(
      `${JSON.stringify({ stack: options.stack, summary: outcome.summary, survivors }, null, 2)}\n`,
    );
  }
  if (survivors.length > 0) {
    throw new LabError(
      `The stack is empty, but of the lab "${options.stack}" there is still:\n${listSurvivors(survivors)}`,
      { hint: removalHint(survivors) },
    );
  }
  if (!options.json) {
    surroundings.stdout.write(`The lab "${options.stack}" is down: ${proofOf(opened)}.\n`);
  }
}

/** What was looked at, and found gone. */
function proofOf({ config }: OpenedStack): string {
  return isAtAws(config)
    ? "Pulumi has deleted everything that it had made at AWS, and no key of it is left here"
    : "no container, volume, network or key of it is left";
}

function isAtAws(config: StackConfig): boolean {
  return settingAt(config.read(), "target") === "aws";
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

async function survivorsOf({ surroundings, options }: CommandContext, { config }: OpenedStack): Promise<Survivor[]> {
  const keys = join(surroundings.programDirectory, sshDirectory(options.stack));
  const keyFolder = existsSync(keys)
    ? [{ what: `the key folder ${sshDirectory(options.stack)}`, remove: `rm -r ${sshDirectory(options.stack)}` }]
    : [];
  if (isAtAws(config)) {
    return keyFolder;
  }
  return [...(await findSurvivors(await engineHost(surroundings, config), options.stack)), ...keyFolder];
}

async function engineHost({ environment }: Surroundings, config: StackConfig): Promise<string> {
  const configured = settingAt(config.read(), "docker.host");
  return configured === undefined ? dockerHost(environment) : String(configured);
}
