import { dockerClient } from "../../../adapters/docker/client";
import type { StateResource } from "../../../core/class-state/state-resource";
import { containerName, ofStack } from "../../../core/resource-names";

/** Something that a stack has on a Docker Engine. */
export interface DockerResource {
  /** Address of the Engine. */
  readonly host: string;
  readonly kind: "container" | "volume";
  /** Of a volume its name. */
  readonly id: string;
  readonly name: string;
}

/** What is on a Docker Engine with a stack's label and a name of the kind that this stack gives. Anything else there stays. */
export async function dockerResources(host: string, stack: string): Promise<DockerResource[]> {
  const docker = dockerClient(host);
  const filters = ofStack(stack);
  const [containers, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
  ]);
  const all: DockerResource[] = [
    ...containers.map((one) => ({ host, kind: "container" as const, id: one.Id, name: containerName(one) })),
    ...(Volumes ?? []).map(({ Name }) => ({ host, kind: "volume" as const, id: Name, name: Name })),
  ];
  return all.filter(({ name }) => name.startsWith(`lab-${stack}-`));
}

/** Those that a state does not know: nothing but a hand, or a repair, will ever take them away. */
export function unknownTo(resources: readonly StateResource[], things: readonly DockerResource[]): DockerResource[] {
  const known = new Set(resources.map(({ id }) => id));
  return things.filter(({ id }) => !known.has(id));
}

/** Removes things, containers first: they hold the volumes. What is gone already is gone. */
export async function removeDockerResources(things: readonly DockerResource[]): Promise<void> {
  for (const { host, kind, id } of [...things].sort((a, b) => a.kind.localeCompare(b.kind))) {
    const docker = dockerClient(host);
    const removal =
      kind === "container"
        ? docker.getContainer(id).remove({ force: true, v: true })
        : docker.getVolume(id).remove({ force: true });
    await removal.catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 404) {
        throw error;
      }
    });
  }
}
