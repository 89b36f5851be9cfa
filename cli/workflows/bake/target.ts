import { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { CommandContext } from "../../../core/command-context";

/** Whether a stack's machines are at AWS, as its settings say. */
export function isAtAws({ runtime, options }: CommandContext): boolean {
  return new StackConfig(runtime.programDirectory, options.stack).read()["target"] === "aws";
}
