import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_DOCKER_HOST, dockerClient } from "../../adapters/docker/client";
import { removeMatching } from "../support/docker-leftovers";

/** The Docker Engine that the tests' labs are made on. */
export const DOCKER_HOST = process.env["DOCKER_HOST"] ?? DEFAULT_DOCKER_HOST;

/** What a Docker Engine has of a lab, found by name: that everything is labelled is for others to prove. */
export async function dockerResources(stack: string, host = DOCKER_HOST): Promise<string[]> {
  const docker = dockerClient(host);
  const filters = { name: [stack] };
  const [containers, { Volumes }, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names[0] ?? ""}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
  ];
}

/** The processes that work on a stack: each of them got its name by the environment. */
export function processesOf(stack: string): { readonly id: number; readonly command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const isOfStack = readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(`PULUMI_STACK=${stack}`);
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return isOfStack ? [{ id: Number(name), command }] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

/** The processes of a stack that are still there after a moment: one that was told to end needs one. */
export async function lastingProcessesOf(stack: string): Promise<string[]> {
  for (let waited = 0; waited < 5000 && processesOf(stack).length > 0; waited += 100) {
    await sleep(100);
  }
  return processesOf(stack).map(({ command }) => command);
}

/** Ends and removes whatever a test left of a stack, however it failed. */
export async function removeThingsOf(stack: string, host = DOCKER_HOST): Promise<void> {
  for (const { id } of processesOf(stack)) {
    process.kill(id, "SIGKILL");
  }
  await removeMatching(dockerClient(host), { name: [stack] });
}
