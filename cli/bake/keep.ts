import type { DockerEngine } from "../../components/machines/docker-engine";
import type { StackConfig } from "../pulumi/stack-config";
import type { CommandContext } from "../surroundings";
import { keepBake } from "./local/keep-setting";

/** Writes into a stack's settings which bake its machines are made from, if one fits: one of this Engine's, or without an Engine one at AWS. */
export async function keepFittingBake(
  context: CommandContext,
  config: StackConfig,
  docker: DockerEngine | undefined,
): Promise<void> {
  if (docker !== undefined) {
    return keepBake(context, config, docker);
  }
  // AWS's clients take time to load: for a class there alone.
  const aws = require("./aws/keep-setting") as typeof import("./aws/keep-setting");
  return aws.keepAwsBake(context, config);
}
