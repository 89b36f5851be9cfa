import { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { CommandContext } from "../../../core/command-context";
import type { BakeStore } from "./bake-store";
import { localBakeStore } from "./local/bake-store";

/** The bake store of a stack. AWS's clients are loaded only for a stack at AWS. */
export async function openBakeStore(context: CommandContext): Promise<BakeStore> {
  if (isAtAws(context)) {
    const aws = require("./aws/bake-store") as typeof import("./aws/bake-store");
    return aws.awsBakeStore(context);
  }
  return localBakeStore(context);
}

/** Loads AWS's clients and saves which bake a class's machines at AWS are made from. */
export async function saveBakeAtAws(context: CommandContext, config: StackConfig): Promise<void> {
  const { saveAwsBake } = require("./aws/bake-store") as typeof import("./aws/bake-store");
  await saveAwsBake(context, config);
}

/** Whether a stack's target is AWS. */
export function isAtAws({ runtime, options }: CommandContext): boolean {
  return new StackConfig(runtime.programDirectory, options.stack).read()["target"] === "aws";
}
