import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { readState } from "../../../adapters/pulumi/state";
import { findBaseChange } from "../../../core/class-state/base-change";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import type { PreparedLab } from "./prepared-lab";

/** Warns that `lab up` replaces a class's machines, because their base image changed, and how to keep that. */
export async function warnOfNewBase(context: CommandContext, { stack, settings }: PreparedLab): Promise<void> {
  if (settings.target !== "local") {
    return;
  }
  const warning = newBaseWarning(await readState(stack), settings.local.baseImage, context.options.stack);
  if (warning !== undefined) {
    context.reporter.warn(warning);
  }
}

/** What to tell of a class whose machines have another base image than the settings; undefined where there is nothing. */
export function newBaseWarning(
  resources: readonly StateResource[],
  baseImage: string,
  stack: string,
): string | undefined {
  const change = findBaseChange(resources, baseImage);
  if (change === undefined) {
    return undefined;
  }
  const { from, slots } = change;
  return `local.baseImage is ${baseImage}, and the machines of this class were created from ${from}: \`up\` replaces ${slots.join(", ")}, including what students did there. To keep the old base image: pulumi config set${stackFlag(stack)} --path local.baseImage ${from}`;
}
