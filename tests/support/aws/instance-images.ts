import type Docker from "dockerode";
import { copyVolume, diskImageName, diskVolumeName } from "./plugin/instance/disk";
import { CLASS_LABEL, INSTANCE_LABEL } from "./plugin/instance/node-container";

/** A machine image that the emulated API was asked to make of an instance. */
export interface CreatedImage {
  readonly image: string;
  readonly instance: string;
}

/**
 * What EC2 does with an instance's disk: keeps all that is on it. Here that is the container's files, as a container image,
 * and its volume under /var/lib/docker, as a copy. EC2 would switch the machine off and on for it; this stops it for a moment.
 */
export async function keepInstanceDisk(docker: Docker, { image, instance }: CreatedImage): Promise<void> {
  const filters = { label: [`${INSTANCE_LABEL}=${instance}`] };
  const [found] = await docker.listContainers({ filters });
  const volume = found?.Mounts.find(({ Destination }) => Destination === "/var/lib/docker")?.Name;
  if (found === undefined || volume === undefined) {
    throw new Error(`the instance ${instance} has no container that runs`);
  }
  const owner = { [CLASS_LABEL]: found.Labels[CLASS_LABEL] ?? "" };
  await docker.createVolume({ Name: diskVolumeName(image), Labels: owner });
  const container = docker.getContainer(found.Id);
  await container.pause();
  try {
    const [repo, tag] = diskImageName(image).split(":");
    // The image is no instance.
    await container.commit({ repo, tag, changes: `LABEL "${INSTANCE_LABEL}"=""` });
    await copyVolume(docker, diskImageName(image), { from: volume, to: diskVolumeName(image), labels: owner });
  } finally {
    await container.unpause();
  }
}

/** Removes the disks of machine images that were made of a class's instances. */
export async function removeInstanceDisks(docker: Docker, filters: { readonly label: string[] }): Promise<void> {
  for (const { RepoTags } of await docker.listImages({ filters: { label: filters.label } })) {
    for (const name of RepoTags ?? []) {
      await docker.getImage(name).remove({ force: true });
    }
  }
}
