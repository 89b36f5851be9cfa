import { existsSync } from "node:fs";
import type { LabConfig } from "../config/schema";
import { settingAt } from "../config/settings";
import { type BaseImage, ensureBaseImage, registryReachable } from "./docker-engine";
import type { StackConfig } from "./pulumi/stack-config";
import type { CommandContext } from "./surroundings";
import type { ConfigChanges } from "./wanted-config";

/** Settings that decide where images come from. A user who has set one has decided. */
const SETTINGS = ["local.baseImage", "images.base", "images.directory"] as const;

/**
 * Where images come from, decided once for a stack: from the registry, or, where none answers, from a Debian base image
 * made on this machine. Gives the settings to keep; none when the stack has them already.
 */
export async function decideImageSource(
  context: CommandContext,
  file: StackConfig,
  config: LabConfig,
  dockerHost: string,
): Promise<ConfigChanges> {
  if (isDecided(file)) {
    return restoreOwnBaseImage(context, config, dockerHost);
  }
  if (await registryReachable({ environment: context.surroundings.environment, reporter: context.reporter })) {
    return new Map([["images.base", config.images.base]]);
  }
  const base = await ensureBaseImage({ host: dockerHost, ...context.surroundings, reporter: context.reporter });
  context.reporter.info(
    "air-gapped: the lesson's images are built on Debian instead of Alpine and Ubuntu; every stack setting is in Pulumi." +
      `${context.options.stack}.yaml`,
  );
  return airGappedSettings(base);
}

function airGappedSettings(base: BaseImage): ConfigChanges {
  return new Map([
    ["local.baseImage", base.image],
    ["images.base", "debian"],
    ["images.directory", base.archiveDirectory],
  ]);
}

function isDecided(file: StackConfig): boolean {
  const raw = file.read();
  return SETTINGS.some((setting) => settingAt(raw, setting) !== undefined);
}

/** Whether the images are those that an earlier run made on this machine, and that a later one can make again. */
export function hasOwnBaseImage({ images, local }: LabConfig): boolean {
  return images.directory !== undefined && local.baseImage.startsWith("lab-nodes/");
}

/**
 * What an earlier run made may have been removed since: it is made again, under the same names. A folder that is still
 * there stays the one: nodes have it mounted, and another one would replace them.
 */
async function restoreOwnBaseImage(
  context: CommandContext,
  config: LabConfig,
  dockerHost: string,
): Promise<ConfigChanges> {
  const { directory } = config.images;
  if (directory === undefined || !hasOwnBaseImage(config)) {
    return new Map();
  }
  const base = await ensureBaseImage({ host: dockerHost, ...context.surroundings, reporter: context.reporter });
  return new Map(existsSync(directory) ? [] : [["images.directory", base.archiveDirectory]]);
}
