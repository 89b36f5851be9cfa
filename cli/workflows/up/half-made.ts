import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { runScriptIn } from "../../../adapters/docker/node-container";

/** A node that answers nothing for this long is as good as dead. */
const PATIENCE_MILLISECONDS = 60_000;

const SCRIPT = "cloud-init/files/first-boot.sh";

/**
 * Why a running node that has not passed the gate will never do so as it is; undefined for one that may: it is busy with
 * its first boot, or waits for what the gate tries anew.
 */
export async function unrecoverableReason(
  container: Docker.Container,
  programDirectory: string,
): Promise<string | undefined> {
  const script = readFileSync(join(programDirectory, SCRIPT), "utf8");
  const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  try {
    const said = await runScriptIn(container, script, patience);
    return said === "" ? undefined : said;
  } catch (error) {
    return patience.aborted ? "it does not answer" : `it cannot be asked (${(error as Error).message})`;
  }
}
