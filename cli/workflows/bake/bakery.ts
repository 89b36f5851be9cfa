import { freePort } from "../../../adapters/files/own-machine";
import { explainFailure } from "../../../adapters/pulumi/explain";
import { findPulumiEngineOfLab, openStack } from "../../../adapters/pulumi/open-stack";
import { operationArguments } from "../../../adapters/pulumi/operation";
import { type PulumiResult, type PulumiStack, runOperation, runPulumi } from "../../../adapters/pulumi/run";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { clearDeadLocks, type LastEnd } from "../../../adapters/pulumi/stack-lock";
import { SETTING_NAMES } from "../../../config/options";
import type { RawConfig } from "../../../config/settings";
import { settingAt } from "../../../config/settings";
import { NO_BAKE } from "../../../core/bake";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { startBoard } from "../../ui/board/start";
import { regionOfStack } from "../doctor/region";
import { initStack, prepareLab } from "../prepare/index";
import type { PreparedLab } from "../prepare/prepared-lab";
import { waitUntilIdle } from "../recovery/before";
import type { BakeStore } from "./bake-store";
import { bakingHost } from "./local/bake-store";
import { isAtAws } from "./open-bake-store";

/** Settings that the bakery does not share with the lab that the bake is for. */
const OWN_SETTINGS = [
  "seats",
  "spares",
  "moved",
  "expires",
  "extended",
  "engine",
  "placement",
  "portal",
  "portalPort",
  "docker.host",
  "docker.hosts",
  "docker.publish",
  "local.sshPort",
  "local.bake",
  "aws.bake",
  "access.password",
  "images.delivery",
  "images.registry",
  "images.registryPort",
  "images.registryPullPort",
  "images.mirrorPort",
];

/** A machine at AWS costs money until it is destroyed, which a killed `lab` does not do. */
const LONGEST_BAKE = "3h";

/** The command in the bakery: a lab of one seat, with the settings of the lab that a bake is for. */
export function bakeryOf(context: CommandContext): CommandContext {
  return { ...context, options: { ...context.options, stack: `${context.options.stack}-bake` } };
}

/** Creates the bakery's stack, ready for `up`, without the node. */
export async function openBakery(context: CommandContext, bakery: CommandContext): Promise<PreparedLab> {
  const target = isAtAws(context) ? "aws" : "local";
  const { stack, config } = openStack(bakery, await findPulumiEngineOfLab(bakery, target));
  await initStack(stack);
  const { programDirectory, environment } = context.runtime;
  const file = new StackConfig(programDirectory, context.options.stack);
  const own = target === "aws" ? awsSettings(regionOfStack(file, environment)) : await localSettings(file);
  config.write(new Map([...sharedSettings(file.read()), ...own]));
  return prepareLab(bakery, new Map());
}

type Settings = [string, string | number][];

async function localSettings(file: StackConfig): Promise<Settings> {
  const host = bakingHost(file.read());
  return [
    ...(host === undefined ? [] : [["docker.host", host] as [string, string]]),
    ["local.sshPort", await freePort()],
    ["images.mirrorPort", await freePort()],
    ["local.bake", NO_BAKE],
  ];
}

/** The region may come from elsewhere than our own setting, which alone is shared. */
function awsSettings(region: string | undefined): Settings {
  return [
    ...(region === undefined ? [] : [["aws.region", region] as [string, string]]),
    ["expires", LONGEST_BAKE],
    ["aws.bake", NO_BAKE],
  ];
}

function sharedSettings(raw: RawConfig): Settings {
  const shared = SETTING_NAMES.filter((name) => !OWN_SETTINGS.includes(name)).flatMap((name): Settings => {
    const value = settingAt(raw, name);
    // Lists and booleans may also be given as text.
    return value === undefined ? [] : [[name, typeof value === "number" ? value : String(value)]];
  });
  return [...shared, ["seats", 1], ["access.password", "none"]];
}

/** Creates the node, which passes its gate. */
export async function makeNode(bakery: CommandContext, lab: PreparedLab): Promise<void> {
  const { options, runtime, signal } = bakery;
  const board = startBoard({ stream: runtime.stderr, json: options.json });
  const words = operationArguments("up", options.stack, "trust-state");
  const { exitCode, stderr, stdout } = await runOperation(lab.stack, words, board.onEvent, signal);
  const { failures } = board.stop();
  if (exitCode === 0) {
    return;
  }
  if (failures.length > 0) {
    throw new LabError("The node to be baked did not get ready; what failed is shown above. Nothing was saved.");
  }
  const { message, hint } = explainFailure(stderr || stdout, options.stack);
  // The bakery is removed now, so no hint may name its stack.
  const advice = hint === undefined || /was killed/.test(message) ? "Run ./lab bake again." : hint;
  throw new LabError(`${message} Nothing was saved.`, { hint: advice });
}

/**
 * Removes the bakery: node, keys, state and settings. Ctrl-C does not interrupt it, since Ctrl-C leads to it.
 * `lastEnd`: how the last `lab` that worked on it ended.
 */
export async function closeBakery(bakery: CommandContext, store: BakeStore, lastEnd: LastEnd): Promise<void> {
  const { options, runtime } = bakery;
  if (!new StackConfig(runtime.programDirectory, options.stack).exists()) {
    return;
  }
  const opened = openStack(bakery, await findPulumiEngineOfLab(bakery));
  const { stack } = opened;
  await waitUntilIdle(bakery, opened, lastEnd);
  await clearDeadLocks(stack);
  let result = await destroy(stack);
  // A lab that was killed while the node was created may have left resources that no state has.
  await store.removeOrphans(stack.name);
  result = result.exitCode === 0 ? result : await destroy(stack);
  if (result.exitCode === 0) {
    result = await runPulumi(stack, ["stack", "rm", "--yes", "--stack", stack.name]);
  }
  if (result.exitCode !== 0) {
    const { message, hint } = explainFailure(result.stderr || result.stdout, stack.name);
    throw new LabError(`The lab "${stack.name}", in which bakes are made, could not be destroyed: ${message}`, {
      hint: hint ?? `Run ./lab down --stack ${stack.name}`,
    });
  }
}

function destroy(stack: PulumiStack): Promise<PulumiResult> {
  const words = operationArguments("destroy", stack.name, "trust-state");
  return runOperation(stack, words, () => undefined, new AbortController().signal);
}
