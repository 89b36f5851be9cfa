import type Docker from "dockerode";

/** Removes the containers, volumes and networks that a filter of the Engine's API finds, and nothing else. */
export async function removeMatching(docker: Docker, filters: Record<string, string[]>): Promise<void> {
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes ?? []) {
    await docker.getVolume(Name).remove({ force: true });
  }
  for (const { Id } of await docker.listNetworks({ filters })) {
    await docker.getNetwork(Id).remove();
  }
}
