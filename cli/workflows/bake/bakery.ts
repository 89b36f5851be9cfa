import { freePort } from "../../../adapters/files/own-machine";
import { explainFailure } from "../../../adapters/pulumi/explain";
import { findLabEngine, openStack } from "../../../adapters/pulumi/open-stack";
import { operationArguments } from "../../../adapters/pulumi/operation";
import { type PulumiResult, type PulumiStack, runOperation, runPulumi } from "../../../adapters/pulumi/run";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { clearDeadLocks, type LastEnd } from "../../../adapters/pulumi/stack-lock";
import { SETTING_NAMES } from "../../../config/options";
import { settingAt } from "../../../config/settings";
import { NO_BAKE } from "../../../core/bake";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { startBoard } from "../../ui/board/start";
import { prepareLab } from "../prepare/index";
import type { PreparedLab } from "../prepare/prepared-lab";
import { waitUntilIdle } from "../recovery/before";
import type { BakeStore } from "./bake-store";
import { bakingHost } from "./local/bake-store";
import { isAtAws } from "./open-bake-store";

/** Settings that the node to be baked does not share with the lab that it is baked for. */
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

/** A machine at AWS that nobody takes down, since `lab` was killed, costs money until then. */
const LONGEST_BAKE = "3h";

/** The command of a lab of one seat, beside the one that a bake is for and with the same settings. */
export function bakeryOf(context: CommandContext): CommandContext {
  return { ...context, options: { ...context.options, stack: `${context.options.stack}-bake` } };
}

/** Makes the bakery's stack, ready for `up`, without the node. */
export async function openBakery(context: CommandContext, bakery: CommandContext): Promise<PreparedLab> {
  const { programDirectory } = context.runtime;
  const { stack, config } = openStack(bakery, await findLabEngine(bakery, isAtAws(context) ? "aws" : "local"));
  const made = await runPulumi(stack, ["stack", "init", stack.name, "--no-select"]);
  if (made.exitCode !== 0 && !/already exists/.test(made.stderr)) {
    throw explainFailure(made.stderr, stack.name);
  }
  const file = new StackConfig(programDirectory, context.options.stack);
  config.write(await (isAtAws(context) ? awsSettings(file) : localSettings(file)));
  return prepareLab(bakery, new Map());
}

async function localSettings(file: StackConfig): Promise<Map<string, string | number>> {
  const host = bakingHost(file.read());
  return new Map([
    ...sharedSettings(file),
    ...(host === undefined ? [] : [["docker.host", host] as const]),
    ["local.sshPort", await freePort()],
    ["images.mirrorPort", await freePort()],
    ["local.bake", NO_BAKE],
  ]);
}

function awsSettings(file: StackConfig): Map<string, string | number> {
  const ofProvider = file.read("aws")["region"];
  return new Map<string, string | number>([
    ...(typeof ofProvider === "string" ? [["aws.region", ofProvider] as const] : []),
    ...sharedSettings(file),
    ["expires", LONGEST_BAKE],
    ["aws.bake", NO_BAKE],
  ]);
}

function sharedSettings(file: StackConfig): [string, string | number][] {
  const raw = file.read();
  const shared = SETTING_NAMES.filter((name) => !OWN_SETTINGS.includes(name)).flatMap((name) => {
    const value = settingAt(raw, name);
    return value === undefined ? [] : [[name, asWritten(value)] as [string, string | number]];
  });
  return [...shared, ["seats", 1], ["access.password", "none"]];
}

/** Lists and truth values may also be given as text. */
function asWritten(value: unknown): string | number {
  return typeof value === "number" ? value : String(value);
}

/** Makes the node, and has it pass its gate. */
export async function makeNode(bakery: CommandContext, lab: PreparedLab): Promise<void> {
  const { options, runtime, signal } = bakery;
  const board = startBoard({ stream: runtime.stderr, json: options.json });
  const result = await runOperation(
    lab.stack,
    operationArguments("up", options.stack, "trust-state"),
    board.onEvent,
    signal,
  );
  const { failures } = board.stop();
  if (result.exitCode !== 0) {
    throw failures.length === 0
      ? explainNoNode(result, options.stack)
      : new LabError("The node to be baked did not get ready; what failed is shown above. Nothing was kept.");
  }
}

function explainNoNode({ stderr, stdout }: PulumiResult, stack: string): LabError {
  const { message, hint } = explainFailure(stderr || stdout, stack);
  // The bakery is taken down now: nobody is to go on with that stack.
  const advice = hint === undefined || /was killed/.test(message) ? "Bake again: ./lab bake" : hint;
  return new LabError(`${message} Nothing was kept.`, { hint: advice });
}

/**
 * Takes the bakery away, node, keys, state and settings. Not to be interrupted: it is what an interruption leads to.
 * `lastEnd`: of the `lab` that has left it.
 */
export async function closeBakery(bakery: CommandContext, place: BakeStore, lastEnd: LastEnd): Promise<void> {
  const { options, runtime } = bakery;
  if (!new StackConfig(runtime.programDirectory, options.stack).exists()) {
    return;
  }
  const opened = openStack(bakery, await findLabEngine(bakery));
  const { stack } = opened;
  await waitUntilIdle(bakery, opened, lastEnd);
  await clearDeadLocks(stack);
  let result = await destroy(stack);
  // Who was killed while the node was being made has told nobody of it.
  await place.removeOrphans(stack.name);
  result = result.exitCode === 0 ? result : await destroy(stack);
  if (result.exitCode === 0) {
    result = await runPulumi(stack, ["stack", "rm", "--yes", "--stack", stack.name]);
  }
  if (result.exitCode !== 0) {
    const { message, hint } = explainFailure(result.stderr || result.stdout, stack.name);
    throw new LabError(`The lab "${stack.name}", in which bakes are made, could not be taken down: ${message}`, {
      hint: hint ?? `Try: ./lab down --stack ${stack.name}`,
    });
  }
}

function destroy(stack: PulumiStack): Promise<PulumiResult> {
  const words = operationArguments("destroy", stack.name, "trust-state");
  return runOperation(stack, words, () => undefined, new AbortController().signal);
}

/** A port of 127.0.0.1 that is free now. */
