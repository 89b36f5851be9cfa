import { join } from "node:path";
import { NODE_IMAGE_CONTEXT, nodeImageName } from "../../../adapters/files/node-image";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { readState } from "../../../adapters/pulumi/state";
import type { LabConfig } from "../../../config/schema";
import { findBaseChange, type WantedImages } from "../../../core/class-state/base-change";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import type { PreparedLab } from "./prepared-lab";

/** Warns that `lab up` replaces a class's machines, because what they are made from changed, and how to keep the base image. */
export async function warnOfNewBase(context: CommandContext, { stack, settings }: PreparedLab): Promise<void> {
  if (settings.target !== "local") {
    return;
  }
  const warning = newBaseWarning(await readState(stack), wantedImages(context, settings), context.options.stack);
  if (warning !== undefined) {
    context.reporter.warn(warning);
  }
}

function wantedImages({ runtime }: CommandContext, { local }: LabConfig): WantedImages {
  const { baseImage } = local;
  return { baseImage, nodeImage: nodeImageName(baseImage, join(runtime.programDirectory, NODE_IMAGE_CONTEXT)) };
}

/** What to tell of a class whose machines were made from other images than new ones are; undefined where there is nothing. */
export function newBaseWarning(
  resources: readonly StateResource[],
  wanted: WantedImages,
  stack: string,
): string | undefined {
  const change = findBaseChange(resources, wanted);
  if (change === undefined) {
    return undefined;
  }
  const { from, slots } = change;
  const loss = `\`up\` replaces ${slots.join(", ")}, including what students did there.`;
  if (from === wanted.baseImage) {
    return `The machines of this class were created by another version of lab-nodes, whose node image differs: ${loss}`;
  }
  return `local.baseImage is ${wanted.baseImage}, and the machines of this class were created from ${from}: ${loss} To keep the old base image: pulumi config set${stackFlag(stack)} --path local.baseImage ${from}`;
}
