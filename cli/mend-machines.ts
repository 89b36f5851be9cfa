import type Docker from "dockerode";
import { dockerClient } from "../components/machines/docker-client";
import { containerName, ofStack } from "../components/machines/labels";
import type { LabConfig } from "../config/schema";
import type { PreparedLab } from "./prepare";
import type { Refresh } from "./pulumi/operation";
import type { CommandContext } from "./surroundings";

/** A node's container, as the Docker Engine has it. */
interface NodeContainer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/**
 * Before `up`: starts nodes that were stopped or paused, with all that a student made on them (a refresh would drop
 * them). Says whether `up` has to refresh, since nodes are missing that the state may still have.
 */
export async function mendMachines({ reporter }: CommandContext, lab: PreparedLab): Promise<Refresh> {
  if (lab.docker === undefined) {
    // Instances end by themselves when their time is up: only AWS knows which are still there.
    return "refresh";
  }
  const docker = dockerClient(lab.docker.host);
  const containers = await nodeContainers(docker, lab.stack.name);
  for (const { id, name, state } of containers) {
    if (state === "paused") {
      reporter.warn(`${name} was paused; it goes on now`);
      await docker.getContainer(id).unpause();
    } else if (state === "exited") {
      reporter.warn(`${name} was stopped; it is started again`);
      await docker.getContainer(id).start();
    }
  }
  return containers.length < expectedContainers(lab.settings) ? "refresh" : "trust-state";
}

/** A machine for each seat, and the class's own registry. */
function expectedContainers({ seats, images }: LabConfig): number {
  return seats + (images.delivery === "registry" && images.registry === undefined ? 1 : 0);
}

async function nodeContainers(docker: Docker, stack: string): Promise<NodeContainer[]> {
  const found = await docker.listContainers({ all: true, filters: ofStack(stack) });
  return found.map((container) => ({ id: container.Id, name: containerName(container), state: container.State }));
}
