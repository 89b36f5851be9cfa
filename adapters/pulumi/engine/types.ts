import type { Reporter } from "../../../core/reporter";

/** Which engine the user wants; `auto` takes the official one where it can be had. */
export type EngineRequest = "auto" | "official" | "airgapped";

export const ENGINE_REQUESTS: readonly EngineRequest[] = ["auto", "official", "airgapped"];

/** `official`: as Pulumi ships it. `air-gapped`: built here from package registries, with our plugins. */
export type EngineKind = "official" | "air-gapped";

/** A Pulumi provider plugin that the program needs. */
export interface PluginRequirement {
  readonly name: string;
  readonly version: string;
}

/** A Pulumi engine that is ready to run the program. */
export interface Engine {
  readonly kind: EngineKind;
  /** Version of the Pulumi CLI, e.g. "3.259.0". */
  readonly version: string;
  /** Absolute path of the Pulumi CLI. */
  readonly command: string;
  /** The variables every pulumi call needs, and no others: what `lab env` prints. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface EngineOptions {
  readonly request: EngineRequest;
  /** Absolute path of this clone's `.lab` folder. */
  readonly labDirectory: string;
  /** Absolute path of the Pulumi program, which is the clone's top folder. */
  readonly programDirectory: string;
  /** The plugins that the target needs. */
  readonly plugins: readonly PluginRequirement[];
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/** What was found on disk for an engine: enough to run it again without looking for it. */
export interface EngineFiles {
  readonly kind: EngineKind;
  readonly version: string;
  /** Absolute path of the CLI. */
  readonly command: string;
  /** Absolute path of the Node.js language host. */
  readonly languageHost: string;
}
