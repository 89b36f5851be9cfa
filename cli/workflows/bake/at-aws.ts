import type { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { CommandContext } from "../../../core/command-context";

/** Writes into a class's settings which bake its machines at AWS are made from. AWS's clients are loaded for that alone. */
export async function keepBakeAtAws(context: CommandContext, config: StackConfig): Promise<void> {
  const { keepAwsBake } = require("./aws/keep-setting") as typeof import("./aws/keep-setting");
  await keepAwsBake(context, config);
}
