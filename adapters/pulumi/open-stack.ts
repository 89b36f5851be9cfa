import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabConfig } from "../../config/schema";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { findPulumiEngine } from "./engine/find-engine";
import type { Engine, PluginRequirement } from "./engine/types";
import { pulumiEnvironment } from "./environment";
import type { PulumiStack } from "./run";
import { StackConfig } from "./stack-config";
import { stackFlag } from "./stack-flag";

/** A stack that can be worked on, and what works on it. */
export interface OpenedStack {
  readonly stack: PulumiStack;
  readonly engine: Engine;
  readonly config: StackConfig;
}

/** Opens a stack that was made before. Throws, with the command that makes one, where there is none. */
export async function openExistingStack(context: CommandContext): Promise<OpenedStack> {
  const { runtime, options } = context;
  if (!new StackConfig(runtime.programDirectory, options.stack).exists()) {
    throw new LabError(`There is no lab "${options.stack}" here.`, {
      hint: `Run ./lab up${stackFlag(options.stack)} to create it, or add --stack NAME for another one.`,
    });
  }
  return openStack(context, await findPulumiEngineOfLab(context));
}

/** The engine for this clone, with the plugins of a target: found, installed or built, whatever it takes. */
export function findPulumiEngineOfLab(
  { runtime, options, reporter }: CommandContext,
  target: LabConfig["target"] = savedTarget(runtime.programDirectory, options.stack),
): Promise<Engine> {
  const { environment, labDirectory, programDirectory } = runtime;
  // Whatever is put there first: keys and state of a lab are for its owner alone.
  mkdirSync(labDirectory, { recursive: true, mode: 0o700 });
  return findPulumiEngine({
    labDirectory,
    programDirectory,
    plugins: neededPlugins(programDirectory, target),
    environment,
    reporter,
  });
}

/** The target of a stack that was made before. */
function savedTarget(programDirectory: string, stack: string): LabConfig["target"] {
  return new StackConfig(programDirectory, stack).read()["target"] === "aws" ? "aws" : "local";
}

/** A stack of this clone under a given engine. Throws when the other kind of engine made it. */
export function openStack({ runtime, options }: CommandContext, engine: Engine): OpenedStack {
  const config = new StackConfig(runtime.programDirectory, options.stack);
  requireSameEngine(config, engine, options.stack);
  const stack = {
    name: options.stack,
    directory: runtime.programDirectory,
    command: engine.command,
    environment: { ...runtime.environment, ...pulumiEnvironment(runtime, engine, options.stack) },
  };
  return { stack, engine, config };
}

/** The two kinds of plugins read each other's state, but were never proven to end each other's work. */
function requireSameEngine(config: StackConfig, engine: Engine, stack: string): void {
  const madeBy = config.read()["engine"];
  if (madeBy === undefined || madeBy === engine.kind) {
    return;
  }
  const request = madeBy === "air-gapped" ? "airgapped" : "official";
  throw new LabError(`The lab "${stack}" was made with the ${madeBy} engine, and this is the ${engine.kind} one.`, {
    hint: `Run LAB_ENGINE=${request} ./lab ... to continue with it, or LAB_ENGINE=${request} ./lab down${stackFlag(stack)} to remove the lab before you create another one.`,
  });
}

/**
 * The plugins that the program needs for a target, in the versions of its SDKs. An engine left to itself would fetch every
 * one in node_modules.
 */
export function neededPlugins(programDirectory: string, target: LabConfig["target"]): PluginRequirement[] {
  return ["docker", "cloudinit", "command", "tls", ...(target === "aws" ? ["aws"] : [])].map((name) => {
    const file = join(programDirectory, "node_modules", "@pulumi", name, "package.json");
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
    return { name, version };
  });
}
