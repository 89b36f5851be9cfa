import * as pulumi from "@pulumi/pulumi";
import { configErrorText, decodeSections, parseConfig } from "./parse";
import { runError } from "./run-error";
import type { LabConfig } from "./schema";
import { settingsOf } from "./settings";

/** The running stack's config, checked. Throws one `RunError` with every problem. */
export function loadConfig(): LabConfig {
  const result = parseConfig(decodeSections(settingsOf(pulumi.getProject(), pulumi.runtime.allConfig())));
  if (!result.ok) {
    throw runError(configErrorText(result.problems));
  }
  return result.config;
}
