import type Docker from "dockerode";
import { pushedNames } from "../../../adapters/docker/node-images";
import { OWN_REPOSITORIES } from "../../../adapters/files/node-image";
import { BAKE_LABEL, BAKE_REPOSITORY } from "../../../components/machines/local/bakes";
import type { RawConfig } from "../../../config/raw-config";
import type { Leftover } from "./leftovers";

/** An image that labs start from. It is no class's own: it stays, so that the next one is made fast. */
export interface KeptImage extends Leftover {
  readonly bytes: number;
}

/** Images that classes were made from and none is the owner of: those of nodes and registries, and bakes. */
export async function keptImages(docker: Docker): Promise<KeptImage[]> {
  const images = await docker.listImages();
  return images.flatMap(({ Id, RepoTags, Labels, Size: bytes }) => {
    const names = (RepoTags ?? []).filter(isOurs);
    const half = names.length === 0 && Labels?.[BAKE_LABEL] !== undefined ? [Id] : [];
    return [...names, ...half].map((name) => ({ ...asSurvivor(name), bytes }));
  });
}

/** Names that a class gave images for its registry and that are still there, beside what is known of. */
export async function imageLeftovers(
  docker: Docker,
  { stack, settings, known }: { stack: string; settings: RawConfig; known: ReadonlySet<string> },
): Promise<Leftover[]> {
  const namesIn = pushedNames(stack, settings);
  return namesIn === undefined
    ? []
    : (await docker.listImages())
        .flatMap(namesIn)
        .filter((name) => !known.has(name))
        .map(asSurvivor);
}

function isOurs(name: string): boolean {
  return name.startsWith(OWN_REPOSITORIES) || name.startsWith(`${BAKE_REPOSITORY}:`);
}

function asSurvivor(name: string): Leftover {
  return { what: `the image ${name}`, remove: `docker image rm ${name}` };
}
