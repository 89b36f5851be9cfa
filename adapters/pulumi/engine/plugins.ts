import { z } from "zod";
import { runOrThrow } from "../../files/run-program";
import type { PluginRequirement } from "./types";

const PLUGIN_LIST = z.array(z.object({ name: z.string(), kind: z.string(), version: z.string().optional() }));

/** A plugin as people and the CLI name it: "docker 5.2.0". */
export function pluginLabel(plugin: PluginRequirement): string {
  return `${plugin.name} ${plugin.version}`;
}

/** Which of `needed` are not in the output of `pulumi plugin ls --json`. */
export function missingFrom(listing: string, needed: readonly PluginRequirement[]): PluginRequirement[] {
  const installed = new Set(
    PLUGIN_LIST.parse(JSON.parse(listing))
      .filter((plugin) => plugin.kind === "resource")
      .map((plugin) => `${plugin.name} ${(plugin.version ?? "").replace(/^v/, "")}`),
  );
  return needed.filter((plugin) => !installed.has(pluginLabel(plugin)));
}

/** Asks the CLI which of `needed` it does not have yet. */
export async function missingPlugins(
  command: string,
  needed: readonly PluginRequirement[],
  environment: NodeJS.ProcessEnv,
): Promise<PluginRequirement[]> {
  const { stdout } = await runOrThrow(command, ["plugin", "ls", "--json"], { environment });
  return missingFrom(stdout, needed);
}

/** Downloads one official plugin, exactly that version. */
export async function installPlugin(
  command: string,
  plugin: PluginRequirement,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  await runOrThrow(command, ["plugin", "install", "resource", plugin.name, plugin.version], { environment });
}
