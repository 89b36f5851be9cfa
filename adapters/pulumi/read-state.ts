import { existsSync, readFileSync } from "node:fs";
import { parseState, type StateResource } from "../../core/class-state/state-resource";
import { parseStateFile } from "./checkpoint";
import { exportState } from "./export-state";
import { stackFiles } from "./own-backend";
import type { PulumiStack } from "./run";

/**
 * All resources of a stack. A stack that was never made has none. Out of our own state folder they are read without
 * pulumi, which takes a third of a second to say the same; what is not whole there is for pulumi to tell.
 */
export async function readState(stack: PulumiStack): Promise<readonly StateResource[]> {
  return readOwnState(stack) ?? (await readExport(stack));
}

/** The same where no pulumi is needed for it; undefined where only pulumi can tell. */
export function readOwnState(stack: PulumiStack): readonly StateResource[] | undefined {
  const file = stackFiles(stack)?.state;
  const state = file !== undefined && existsSync(file) ? parseStateFile(readFileSync(file, "utf8")) : undefined;
  return state?.resources;
}

/** All resources of a stack with their secrets in plain text, as `plainText` reads them. Never to be shown or kept as a whole. */
export function readStateWithSecrets(stack: PulumiStack): Promise<StateResource[]> {
  return readExport(stack, ["--show-secrets"]);
}

async function readExport(stack: PulumiStack, flags: readonly string[] = []): Promise<StateResource[]> {
  const text = await exportState(stack, flags);
  return text === undefined ? [] : parseState(text);
}
