import { StackConfig } from "../pulumi/stack-config";
import type { CommandContext } from "../surroundings";

/** Whether a stack's machines are at AWS, as its settings say. */
export function isAtAws({ surroundings, options }: CommandContext): boolean {
  return new StackConfig(surroundings.programDirectory, options.stack).read()["target"] === "aws";
}
