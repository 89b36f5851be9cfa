import { existsSync, readFileSync } from "node:fs";
import { parseStateFile } from "./checkpoint";
import { explainFailure } from "./explain";
import { stackFiles } from "./own-backend";
import { type PulumiStack, runPulumi } from "./run";
import { parseState, type StateResource } from "./state";

/**
 * All resources of a stack. A stack that was never made has none. Out of our own state folder they are read without
 * pulumi, which takes a third of a second to say the same; what is not whole there is for pulumi to tell.
 */
export async function readState(stack: PulumiStack): Promise<readonly StateResource[]> {
  const file = stackFiles(stack)?.state;
  const state = file !== undefined && existsSync(file) ? parseStateFile(readFileSync(file, "utf8")) : undefined;
  return state?.resources ?? (await exportState(stack, []));
}

/** All resources of a stack with their secrets in plain text, as `plainText` reads them. Never to be shown or kept as a whole. */
export function readStateWithSecrets(stack: PulumiStack): Promise<StateResource[]> {
  return exportState(stack, ["--show-secrets"]);
}

async function exportState(stack: PulumiStack, flags: readonly string[]): Promise<StateResource[]> {
  const result = await runPulumi(stack, ["stack", "export", "--stack", stack.name, ...flags]);
  if (result.exitCode !== 0) {
    if (/no stack named/.test(result.stderr)) {
      return [];
    }
    throw explainFailure(result.stderr, stack.name);
  }
  return parseState(result.stdout);
}
