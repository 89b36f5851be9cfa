import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { runScriptIn } from "../../../adapters/docker/node-container";

const SCRIPT = "cloud-init/files/restart-unresponsive-docker.sh";

/** It waits a minute for an answer, and for a restart as long as systemd does. */
const SCRIPT_MILLISECONDS = 300_000;

/**
 * Restarts the Docker Engine of a node when it does not answer within a minute. Gives a line that says so, empty where it
 * answers or does not run at all. Rejects when the node cannot be asked.
 */
export function restartUnresponsiveDocker(container: Docker.Container, programDirectory: string): Promise<string> {
  const script = readFileSync(join(programDirectory, SCRIPT), "utf8");
  return runScriptIn(container, script, AbortSignal.timeout(SCRIPT_MILLISECONDS));
}
