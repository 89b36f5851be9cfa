import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Runtime } from "../../core/command-context";
import { withoutLogins } from "../../core/node-plugin";
import type { Engine } from "./engine/types";
import { OWN_BACKEND, ownBackendUrl } from "./own-backend";

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
    ...withoutLogins(runtime.programDirectory),
  };
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
