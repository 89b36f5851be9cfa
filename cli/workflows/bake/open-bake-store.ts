import { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { CommandContext } from "../../../core/command-context";
import type { BakeStore } from "./bake-store";
import { localBakeStore } from "./local/bake-store";

/** Where the bakes of a stack are kept. AWS's clients are loaded where they are needed alone. */
export async function openBakeStore(context: CommandContext): Promise<BakeStore> {
  if (isAtAws(context)) {
    const aws = require("./aws/bake-store") as typeof import("./aws/bake-store");
    return aws.awsBakeStore(context);
  }
  return localBakeStore(context);
}

/** Writes into a class's settings which bake its machines at AWS are made from. AWS's clients are loaded for that alone. */
export async function keepBakeAtAws(context: CommandContext, config: StackConfig): Promise<void> {
  const { keepAwsBake } = require("./aws/keep-setting") as typeof import("./aws/keep-setting");
  await keepAwsBake(context, config);
}

/** Whether a stack's machines are at AWS, as its settings say. */
export function isAtAws({ runtime, options }: CommandContext): boolean {
  return new StackConfig(runtime.programDirectory, options.stack).read()["target"] === "aws";
}
