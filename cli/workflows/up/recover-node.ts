import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { dialledAt, type NodeContainer, runScriptIn } from "../../../adapters/docker/node-container";
import { answersSsh } from "../../../adapters/ssh/options";
import type { CommandContext } from "../../../core/command-context";

const SCRIPTS = "cloud-init/files";

/** A node boots in seconds; Trivy may have to be downloaded again. */
const RECOVER_MILLISECONDS = 300_000;

/** A node that works answers in a moment, also a busy one. */
const ANSWER_SECONDS = 15;

const BOOT_SECONDS = 90;

const RESTART_SCRIPT = "restart-unresponsive-docker.sh";

/** The script waits a minute for an answer, and for a restart as long as systemd does. */
const RESTART_MILLISECONDS = 300_000;

/**
 * Makes a node that was ready work again, with all that a student made on it: its services are started, a Docker Engine
 * that does not answer is restarted, what is missing of Trivy is installed, and where it still does not answer by SSH, it
 * is restarted.
 */
export async function recoverNode({ reporter, runtime }: CommandContext, node: NodeContainer): Promise<void> {
  const container = node.docker.getContainer(node.id);
  const recoverScript = readScript(runtime.programDirectory, "recover-node.sh");
  const restartScript = readScript(runtime.programDirectory, RESTART_SCRIPT);
  try {
    const output = await runScriptIn(container, recoverScript, AbortSignal.timeout(RECOVER_MILLISECONDS));
    const restarted = await runScriptIn(container, restartScript, AbortSignal.timeout(RESTART_MILLISECONDS));
    for (const line of [...output.split("\n"), restarted].filter(Boolean)) {
      reporter.warn(`${node.name}: ${line}`);
    }
    if (await answersWithin(node, ANSWER_SECONDS)) {
      return;
    }
    reporter.warn(`${node.name} does not answer by SSH; it is restarted`);
    await container.restart();
    if (!(await answersWithin(node, BOOT_SECONDS))) {
      reporter.warn(`${node.name} still does not answer by SSH`);
    }
  } catch (error) {
    // The verdict at the end shows what does not work on it.
    reporter.warn(`${node.name} cannot be recovered (${(error as Error).message})`);
  }
}

async function answersWithin(node: NodeContainer, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await answers(node))) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(300);
  }
  return true;
}

async function answers({ docker, id, through }: NodeContainer): Promise<boolean> {
  const { NetworkSettings } = await docker.getContainer(id).inspect();
  const published = NetworkSettings.Ports["22/tcp"]?.[0];
  return (
    published !== undefined &&
    (await answersAt({ host: dialledAt(published.HostIp), port: Number(published.HostPort) }, through))
  );
}

/** Whether a node answers by SSH at an address of its Docker host, which is this machine where none is named. */
export function answersAt(
  address: { readonly host: string; readonly port: number },
  through: string | undefined,
): Promise<boolean> {
  return answersSsh({ ...address, ...(through === undefined ? {} : { through }) });
}

/** A node that answers nothing for this long is as good as dead. */
const PATIENCE_MILLISECONDS = 60_000;

/**
 * Why a running node that has not passed the gate will never do so as it is; undefined for one that may: it is busy with
 * its first boot, or waits for what the gate tries again.
 */
export async function unrecoverableReason(
  container: Docker.Container,
  programDirectory: string,
): Promise<string | undefined> {
  const script = readScript(programDirectory, "first-boot.sh");
  const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  try {
    const reason = await runScriptIn(container, script, patience);
    return reason === "" ? undefined : reason;
  } catch (error) {
    return patience.aborted ? "it does not answer" : `it cannot be asked (${(error as Error).message})`;
  }
}

/**
 * Restarts the Docker Engine of a node when it does not answer within a minute. Gives a line that says so, empty where it
 * answers or does not run at all. Rejects when the node cannot be asked.
 */
export function restartUnresponsiveDocker(container: Docker.Container, programDirectory: string): Promise<string> {
  const script = readScript(programDirectory, RESTART_SCRIPT);
  return runScriptIn(container, script, AbortSignal.timeout(RESTART_MILLISECONDS));
}

/** Read before the node is asked: a script that is missing here says nothing about a node. */
function readScript(programDirectory: string, name: string): string {
  return readFileSync(join(programDirectory, SCRIPTS, name), "utf8");
}
