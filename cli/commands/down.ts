import { existsSync } from "node:fs";
import { join } from "node:path";
import { dockerHost } from "../../components/machines/docker-host";
import { cardsDirectory, sshDirectory } from "../../components/ssh-options";
import { settingAt } from "../../config/settings";
import { LabError } from "../errors";
import { type OpenedStack, openExistingStack } from "../open-stack";
import { startBoard } from "../output/board/start";
import { failedOperation, operationArguments } from "../pulumi/operation";
import { runOperation } from "../pulumi/run";
import type { StackConfig } from "../pulumi/stack-config";
import { type CommandContext, tellWhenInterrupted } from "../surroundings";
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
  // The later end was that class's: the next one's machines end as they are made to.
  opened.config.forget("extended");
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

async function survivorsOf({ surroundings, options }: CommandContext, { config }: OpenedStack): Promise<Survivor[]> {
  const secrets = { "key folder": sshDirectory(options.stack), "folder of cards": cardsDirectory(options.stack) };
  const folders = Object.entries(secrets)
    .filter(([, folder]) => existsSync(join(surroundings.programDirectory, folder)))
    .map(([what, folder]) => ({ what: `the ${what} ${folder}`, remove: `rm -r ${folder}` }));
  if (isAtAws(config)) {
    return folders;
  }
  const configured = settingAt(config.read(), "docker.host");
  const host = configured === undefined ? await dockerHost(surroundings.environment) : String(configured);
  return [...(await findSurvivors(host, options.stack)), ...folders];
}
