import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import type { Runtime } from "../../core/command-context";
import { withoutLogins } from "../../core/node-plugin";
import type { Engine } from "./engine/types";
import type { PulumiStack } from "./run";

/**
 * The variables that make any pulumi command work on a stack of this clone: the engine's own, our state folder and
 * passphrase file where the user has not set up others, the stack, and a Docker config without logins for what talks to nodes. `lab` runs with them, `lab env` prints them.
 */
export function pulumiEnvironment(runtime: Runtime, engine: Engine, stack: string): Record<string, string> {
  return {
    ...engine.environment,
    ...backendVariables(runtime),
    ...passphraseVariables(runtime),
    PULUMI_STACK: stack,
    ...withoutApiVersion(runtime),
    ...withoutLogins(runtime.programDirectory),
  };
}

/**
 * Has Pulumi's docker plugin agree on a version of the API with each Docker Engine: nodes and Docker hosts differ, and
 * Docker 29 refuses versions below 1.44. As Docker's clients read it, an empty variable is none.
 */
function withoutApiVersion({ environment }: Runtime): Record<string, string> {
  return environment["DOCKER_API_VERSION"] ? { DOCKER_API_VERSION: "" } : {};
}

function backendVariables({ environment, labDirectory, programDirectory }: Runtime): Record<string, string> {
  if (environment["PULUMI_BACKEND_URL"] !== undefined || projectBackend(programDirectory) !== OWN_BACKEND) {
    return {};
  }
  const state = join(labDirectory, "state");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  return { PULUMI_BACKEND_URL: ownBackendUrl(state) };
}

function projectBackend(programDirectory: string): unknown {
  const project: unknown = parse(readFileSync(join(programDirectory, "Pulumi.yaml"), "utf8"));
  return (project as { backend?: { url?: unknown } } | null)?.backend?.url;
}

function passphraseVariables({ environment, labDirectory }: Runtime): Record<string, string> {
  const isSet =
    environment["PULUMI_CONFIG_PASSPHRASE"] !== undefined || environment["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;
  if (isSet) {
    return {};
  }
  const file = join(labDirectory, "passphrase");
  if (!existsSync(file)) {
    mkdirSync(labDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  }
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

/** The state backend that Pulumi.yaml comes with. Another one there is the user's own choice. */
const OWN_BACKEND = "file://./.lab/state?metadata=skip";

/** The same backend for a pulumi that is started in any folder, given the state folder's path. */
export function ownBackendUrl(stateDirectory: string): string {
  return `${pathToFileURL(stateDirectory).href}?metadata=skip`;
}

/** Paths of one stack's files in our own state folder. */
export interface StackFiles {
  /** The state itself. */
  readonly state: string;
  /** Pulumi's copies of earlier states: one file, and two folders. */
  readonly previous: string;
  readonly history: string;
  readonly backups: string;
  /** One file for each pulumi at work on the stack. */
  readonly locks: string;
}

/** A stack's files in the clone's own state folder; undefined where the user has set up another backend. */
export function stackFiles({ environment, directory, name }: PulumiStack): StackFiles | undefined {
  const own = join(directory, ".lab", "state");
  if (environment["PULUMI_BACKEND_URL"] !== ownBackendUrl(own)) {
    return undefined;
  }
  const of = (kind: string, ...names: string[]) => join(own, ".pulumi", kind, ...names);
  return {
    state: of("stacks", "lab-nodes", `${name}.json`),
    previous: of("stacks", "lab-nodes", `${name}.json.bak`),
    history: of("history", "lab-nodes", name),
    backups: of("backups", "lab-nodes", name),
    locks: of("locks", "organization", "lab-nodes", name),
  };
}
