import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabConfig } from "../../config/schema";
import type { PluginRequirement } from "./engine/types";

const EVERY_TARGET = ["docker", "cloudinit", "command", "tls"];

/** Pulumi packages that a target uses. An engine left to itself would fetch every one in node_modules. */
const PACKAGES: Readonly<Record<LabConfig["target"], readonly string[]>> = {
  local: EVERY_TARGET,
  aws: [...EVERY_TARGET, "aws"],
};

/** The plugins that the program needs for a target, in the versions of its SDKs. */
export function neededPlugins(programDirectory: string, target: LabConfig["target"] = "local"): PluginRequirement[] {
  return PACKAGES[target].map((name) => {
    const file = join(programDirectory, "node_modules", "@pulumi", name, "package.json");
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
    return { name, version };
  });
}
