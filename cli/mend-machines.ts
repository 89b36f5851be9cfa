import { dockerClient } from "../components/machines/docker-client";
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
  const docker = dockerClient(lab.docker.host);
  const containers = await nodeContainers(lab);
  for (const { id, name, state } of containers) {
    if (state === "paused") {
      reporter.warn(`${name} was paused; it goes on now`);
      await docker.getContainer(id).unpause();
    } else if (state === "exited") {
      reporter.warn(`${name} was stopped; it is started again`);
      await docker.getContainer(id).start();
    }
  }
  return containers.length < lab.settings.seats ? "refresh" : "trust-state";
}

async function nodeContainers(lab: PreparedLab): Promise<NodeContainer[]> {
  const filters = { label: [`lab-nodes.stack=${lab.stack.name}`] };
  const found = await dockerClient(lab.docker.host).listContainers({ all: true, filters });
  return found.map(({ Id, Names, State }) => ({ id: Id, name: (Names[0] ?? Id).replace(/^\//, ""), state: State }));
}
