import { createServer } from "node:net";
import { NO_BAKE } from "../../components/machines/bake/bakes";
import { dockerClient } from "../../components/machines/docker-client";
import { dockerHost } from "../../components/machines/docker-host";
import { ofStack } from "../../components/machines/labels";
import { hostsIn, serverOf } from "../../config/hosts";
import type { RawConfig } from "../../config/parse";
import { settingNames } from "../../config/schema";
import { settingAt } from "../../config/settings";
import { LabError } from "../errors";
import { findLabEngine, openStack } from "../open-stack";
import { startBoard } from "../output/board/start";
import { type PreparedLab, prepareLab } from "../prepare";
import { explainFailure } from "../pulumi/explain";
import { operationArguments } from "../pulumi/operation";
import { type PulumiResult, type PulumiStack, runOperation, runPulumi } from "../pulumi/run";
import { StackConfig } from "../pulumi/stack-config";
import type { CommandContext } from "../surroundings";

/** Settings that the node to be baked does not share with the lab that it is baked for. */
const OWN_SETTINGS = [
  "seats",
  "spares",
  "moved",
  "expires",
  "extended",
  "owner",
  "engine",
  "placement",
  "docker.host",
  "docker.hosts",
  "docker.publish",
  "local.sshPort",
  "local.bake",
  "access.password",
  "images.delivery",
  "images.registry",
  "images.registryPort",
];

/** The command of a lab of one seat, beside the one that a bake is for and with the same settings. */
export function bakeryOf(context: CommandContext): CommandContext {
  return { ...context, options: { ...context.options, stack: `${context.options.stack}-bake` } };
}

/** Makes the bakery's stack, ready for `up`, without the node. */
export async function openBakery(context: CommandContext, bakery: CommandContext): Promise<PreparedLab> {
  const { programDirectory } = context.surroundings;
  const { stack, config } = openStack(bakery, await findLabEngine(bakery, "local"));
  const made = await runPulumi(stack, ["stack", "init", stack.name, "--no-select"]);
  if (made.exitCode !== 0 && !/already exists/.test(made.stderr)) {
    throw explainFailure(made.stderr, stack.name);
  }
  config.write(await bakerySettings(new StackConfig(programDirectory, context.options.stack)));
  return prepareLab(bakery, new Map());
}

async function bakerySettings(file: StackConfig): Promise<Map<string, string | number>> {
  const raw = file.read();
  const shared = settingNames()
    .filter((name) => !OWN_SETTINGS.includes(name))
    .flatMap((name) => {
      const value = settingAt(raw, name);
      return typeof value === "string" || typeof value === "number" ? [[name, value] as const] : [];
    });
  const host = bakingHost(raw);
  return new Map([
    ...shared,
    ...(host === undefined ? [] : [["docker.host", host] as const]),
    ["seats", 1],
    ["local.sshPort", await freePort()],
    ["local.bake", NO_BAKE],
    ["access.password", "none"],
  ]);
}

/** Makes the node, and has it pass its gate. */
export async function makeNode(bakery: CommandContext, lab: PreparedLab): Promise<void> {
  const { options, surroundings, signal } = bakery;
  const board = startBoard({ stream: surroundings.stderr, json: options.json });
  const result = await runOperation(
    lab.stack,
    operationArguments("up", options.stack, "trust-state"),
    board.onEvent,
    signal,
  );
  const { failures } = board.stop();
  if (result.exitCode !== 0) {
    throw failures.length === 0
      ? explainFailure(result.stderr || result.stdout, options.stack)
      : new LabError("The node to be baked did not get ready; what failed is shown above. Nothing was kept.");
  }
}

/** Takes the bakery away, node, keys, state and settings. Not to be interrupted: it is what an interruption leads to. */
export async function closeBakery(bakery: CommandContext): Promise<void> {
  const { options, surroundings } = bakery;
  if (!new StackConfig(surroundings.programDirectory, options.stack).exists()) {
    return;
  }
  const { stack } = openStack(bakery, await findLabEngine(bakery, "local"));
  let result = await destroy(stack);
  if (result.exitCode !== 0 && !isLocked(result)) {
    // Who was killed while the node was being made has told nobody of it.
    await removeNode(await hostOf(bakery), stack.name);
    result = await destroy(stack);
  }
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

/** Another bake for the same lab is at work: its node is none of our business. */
function isLocked({ stderr, stdout }: PulumiResult): boolean {
  return /currently locked/.test(stderr + stdout);
}

async function removeNode(host: string, stack: string): Promise<void> {
  const docker = dockerClient(host);
  const filters = ofStack(stack);
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes ?? []) {
    await docker.getVolume(Name).remove();
  }
}

/** The Engine of a stack's settings, as `lab up` takes it. */
export async function hostOf({ surroundings, options }: CommandContext): Promise<string> {
  const raw = new StackConfig(surroundings.programDirectory, options.stack).read();
  return bakingHost(raw) ?? (await dockerHost(surroundings.environment));
}

/**
 * The Engine in a stack's settings on which a bake is made, for all its hosts: `lab up` copies it to the others. Undefined
 * where none is named.
 */
export function bakingHost(raw: RawConfig): string | undefined {
  const { hosts } = hostsIn(raw);
  const here = hosts.find((host) => serverOf(host) === undefined);
  if (hosts.length > 0 && here === undefined) {
    throw new LabError("A bake is made on an Engine of this machine, and none is among docker.hosts.", {
      exitCode: 2,
      hint: "Put this machine's own into the list, as unix:///var/run/docker.sock. ./lab up copies bakes to the other hosts.",
    });
  }
  const configured = settingAt(raw, "docker.host");
  return here ?? (configured === undefined ? undefined : String(configured));
}

/** A port of 127.0.0.1 that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
