import * as pulumi from "@pulumi/pulumi";
import { decodeSections, parseConfig } from "../config/parse";
import type { LabConfig } from "../config/schema";
import { settingsOf } from "../config/settings";
import { configError } from "./run-error";

/** The running stack's validated config. Throws one `RunError` with all problems. */
export function loadConfig(): LabConfig {
  const result = parseConfig(decodeSections(settingsOf(pulumi.getProject(), pulumi.runtime.allConfig())));
  if (!result.ok) {
    throw configError(result.problems);
  }
  return result.config;
}
