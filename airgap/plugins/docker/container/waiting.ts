import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerInspectInfo } from "dockerode";
import type { PropertyMap } from "../../framework/provider";
import { integer, truth } from "../../framework/values";
import type { ContainerCalls } from "./calls";

const POLL_MILLISECONDS = 100;

/** How long a container that has not ended may take to run. */
const START_MILLISECONDS = 15_000;

/** The container is gone again, so there is nothing to keep in the state. */
export class ContainerLost extends Error {}

/** The container ended by itself, although it has to run. */
export class ContainerExited extends Error {}

/** Waits until the container runs (when it has to) and is healthy (when that is asked for). */
export async function untilUp(calls: ContainerCalls, id: string, inputs: PropertyMap): Promise<ContainerInspectInfo> {
  const container = await untilRunning(calls, id, mustRun(inputs) && truth(inputs.start) !== false);
  return truth(inputs.wait) === true ? untilHealthy(calls, id, integer(inputs.waitTimeout) ?? 60) : container;
}

/** Whether the program wants the container to run at all times; so it does when it says nothing. */
export function mustRun(properties: PropertyMap): boolean {
  return truth(properties.mustRun) !== false;
}

async function untilRunning(calls: ContainerCalls, id: string, needed: boolean): Promise<ContainerInspectInfo> {
  const deadline = Date.now() + START_MILLISECONDS;
  for (;;) {
    const container = await present(calls, id);
    if (container.State.Running || !needed) {
      return container;
    }
    if (container.State.Status === "exited" || container.State.Status === "dead" || Date.now() > deadline) {
      throw new ContainerExited(await exitMessage(calls, container));
    }
    await sleep(POLL_MILLISECONDS, undefined, { signal: calls.signal });
  }
}

async function untilHealthy(calls: ContainerCalls, id: string, seconds: number): Promise<ContainerInspectInfo> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const container = await present(calls, id);
    const health = container.State.Health?.Status;
    if (health === undefined) {
      throw new Error(
        "wait is set, but the container has no health check; give its image a HEALTHCHECK, or leave wait out",
      );
    }
    if (health === "healthy") {
      return container;
    }
    if (Date.now() > deadline) {
      throw new Error(`the container is "${health}" after ${seconds} s (waitTimeout)`);
    }
    await sleep(POLL_MILLISECONDS, undefined, { signal: calls.signal });
  }
}

async function exitMessage(calls: ContainerCalls, container: ContainerInspectInfo): Promise<string> {
  const ending = `container exited immediately, with exit code ${container.State.ExitCode}`;
  // Some log drivers cannot be read; the exit code is worth reporting all the same.
  const logs = await calls.lastLogs(container.Id).catch(() => "");
  return logs === "" ? `${ending}; it wrote nothing` : `${ending}; its last lines:\n${logs}`;
}

async function present(calls: ContainerCalls, id: string): Promise<ContainerInspectInfo> {
  const container = await calls.inspect(id);
  if (container === undefined) {
    throw new ContainerLost(`container ${id} was removed while we waited for it`);
  }
  return container;
}
