import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PluginRequirement } from "./engine/types";

/** Pulumi packages that the local target uses. An engine left to itself would fetch every one in node_modules. */
const LOCAL_TARGET = ["docker", "cloudinit", "command", "tls"] as const;

/** The plugins that the program needs, in the versions of its SDKs. */
export function neededPlugins(programDirectory: string): PluginRequirement[] {
  return LOCAL_TARGET.map((name) => {
    const file = join(programDirectory, "node_modules", "@pulumi", name, "package.json");
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
    return { name, version };
  });
}
