import type { StackConfig } from "../../../adapters/pulumi/stack-config";
import { settingAt } from "../../../config/settings";
import { regionOf } from "../../../core/aws/facts";

/** The AWS region of a stack, from its settings or the environment. Undefined: none is set. No AWS client is loaded for it. */
export function regionOfStack(config: Pick<StackConfig, "read">, environment: NodeJS.ProcessEnv): string | undefined {
  const ofStack = textIn(config.read("aws")["region"]);
  return regionOf(textIn(settingAt(config.read(), "aws.region")), { ofStack, environment });
}

/** A value of a state or of settings, if it is a text that is not empty. */
export function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
