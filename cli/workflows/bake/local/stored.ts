import type Docker from "dockerode";
import { BAKE_LABEL, BAKE_REPOSITORY } from "../../../../components/machines/local/bakes";
import { containerName } from "../../../../core/resource-names";
import type { StoredBake } from "../bake-store";

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
      size: "known" as const,
      owner: "this one" as const,
      usedBy: containers.filter(({ ImageID }) => ImageID === image.Id).map(containerName),
    }))
    .sort((a, b) => b.made.localeCompare(a.made));
}
