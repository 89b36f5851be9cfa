import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeShell, RunOptions } from "../../core/node-shell";
import { shownOnTerminal } from "../../core/terminal-text";
import { describeOutput } from "../evaluate";
import type { VerifyRun } from "../names";

/** Time for one command that cleans up. */
export const CLEAN_UP_SECONDS = 60;

/** Creates the folder of a run, and cleans up old runs. */
export async function prepareWorkspace(shell: NodeShell, run: VerifyRun, signal: AbortSignal): Promise<void> {
  const { exitCode, output } = await runScript(shell, "prepare", run, { signal });
  if (exitCode !== 0) {
    throw new Error(`the folder ${run.directory} cannot be created: ${describeOutput(shownOnTerminal(output))}`);
  }
}

/**
 * Removes everything that a run has created on the node. The signal that stopped the run does not stop it. A node that is lost
 * cannot be cleaned; the next run does it.
 */
export async function cleanWorkspace(shell: NodeShell, run: VerifyRun, signal: AbortSignal): Promise<void> {
  const action = signal.aborted ? "clean-stopped" : "clean";
  await runScript(shell, action, run, { timeoutSeconds: CLEAN_UP_SECONDS }).catch(() => {});
}

/** How commands are run in the folder. */
export function workspaceOptions({ directory }: VerifyRun): RunOptions {
  return {
    directory: join(directory, "work"),
    environment: {
      DOCKER_CONFIG: join(directory, "docker"),
      TMPDIR: join(directory, "tmp"),
      TRIVY_CACHE_DIR: join(directory, "trivy"),
    },
    timeoutSeconds: 300,
    // Trivy's report as JSON has 2 MB.
    maxOutputBytes: 4 * 1024 * 1024,
  };
}

function runScript(
  shell: NodeShell,
  action: "prepare" | "clean" | "clean-stopped",
  run: VerifyRun,
  options: RunOptions,
) {
  const script = readFileSync(join(__dirname, "workspace.sh"), "utf8");
  return shell.run(script, { ...options, environment: { LAB_VERIFY_DO: action, LAB_VERIFY_RUN: run.id } });
}
