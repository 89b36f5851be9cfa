import type Docker from "dockerode";
import { BAKE_LABEL, BAKE_REPOSITORY } from "../../components/machines/bake/bakes";
import { containerName } from "../../components/machines/labels";

/** A bake on a Docker Engine. */
export interface StoredBake {
  readonly id: string;
  readonly hash: string;
  /** Undefined for what an interrupted bake left. */
  readonly name: string | undefined;
  /** When it was made, in ISO form. */
  readonly made: string;
  readonly bytes: number;
  /** Names of the containers that were made from it. */
  readonly usedBy: readonly string[];
}

/** Every bake that an Engine has, the newest first; half-made ones too. */
export async function storedBakes(docker: Docker): Promise<StoredBake[]> {
  const images = await docker.listImages({ filters: { label: [BAKE_LABEL] } });
  const containers = await docker.listContainers({ all: true });
  return images
    .map((image) => ({
      id: image.Id,
      hash: image.Labels[BAKE_LABEL] ?? "",
      name: image.RepoTags?.find((tag) => tag.startsWith(`${BAKE_REPOSITORY}:`)),
      made: new Date(image.Created * 1000).toISOString(),
      bytes: image.Size,
      usedBy: containers.filter(({ ImageID }) => ImageID === image.Id).map(containerName),
    }))
    .sort((a, b) => b.made.localeCompare(a.made));
}

/** Removes what earlier bakes left half-made. */
export async function removeHalfMade(docker: Docker): Promise<void> {
  for (const { id } of (await storedBakes(docker)).filter(({ name }) => name === undefined)) {
    await docker.getImage(id).remove();
  }
}
