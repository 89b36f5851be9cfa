import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerOf } from "../hosts/class-hosts";
import type { PreparedLab } from "../prepare";
import { runScriptIn } from "./run-in-container";

const SCRIPT = "cloud-init/files/wake-docker.sh";

/** It waits a minute for an answer, and for a restart as long as systemd does. */
const SCRIPT_MILLISECONDS = 300_000;

/**
 * Asks a node's Docker Engine for an answer, and restarts one that gives none: a line that says so, empty where it is well,
 * where it does not run at all, and where nothing but SSH leads to the node. Rejects when it cannot be asked.
 */
export async function wakeDocker(lab: PreparedLab, programDirectory: string, node: string): Promise<string> {
  const place = containerOf(lab, lab.stack.name, node);
  if (place === undefined) {
    return "";
  }
  const script = readFileSync(join(programDirectory, SCRIPT), "utf8");
  const container = place.docker.getContainer(place.name);
  return runScriptIn(container, script, AbortSignal.timeout(SCRIPT_MILLISECONDS));
}
