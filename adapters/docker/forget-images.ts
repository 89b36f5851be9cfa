import type Docker from "dockerode";
import { DEFAULTS } from "../../config/defaults";
import type { RawConfig } from "../../config/raw-config";
import { settingAt } from "../../config/settings";
import { IMAGE_SETS } from "../../core/image-sets";
import { FIGLET, HELLO_V1, HELLO_V2 } from "../../core/lesson-images";

/** An image of an Engine, as far as its names go. */
export interface NamedImage {
  readonly RepoTags?: readonly string[] | null | undefined;
  readonly RepoDigests?: readonly string[] | null | undefined;
}

/** Names of the images that go through a registry, as the lesson has them. */
const DELIVERED = [
  ...Object.values(IMAGE_SETS).flatMap(({ baseImages }) => baseImages.map(({ tag }) => tag)),
  ...[FIGLET, HELLO_V1, HELLO_V2].map(({ imageName }) => imageName),
].map((name) => name.split(":") as [repository: string, tag: string]);

/**
 * Which names a class has given an image for its registry. Undefined when it has no registry. A digest says nothing of the
 * class: it counts at the class's own registry, unless the image has a name there that is another's.
 */
export function pushedNames(stack: string, raw: RawConfig): ((image: NamedImage) => string[]) | undefined {
  if (settingAt(raw, "images.delivery") !== "registry") {
    return undefined;
  }
  const existing = settingAt(raw, "images.registry");
  const port = settingAt(raw, "images.registryPort") ?? DEFAULTS.images.registryPort;
  const registry = existing === undefined ? `127.0.0.1:${port}` : String(existing);
  const tags = new Set(DELIVERED.map(([repository, tag]) => `${registry}/${repository}:${stack}-${tag}`));
  const repositories = DELIVERED.map(([repository]) => `${registry}/${repository}@`);
  return ({ RepoTags, RepoDigests }) => {
    const there = (RepoTags ?? []).filter((name) => name.startsWith(`${registry}/`));
    const own = there.filter((name) => tags.has(name));
    const hasDigests = existing === undefined && own.length === there.length;
    const digests = (RepoDigests ?? []).filter((name) => repositories.some((prefix) => name.startsWith(prefix)));
    return [...own, ...(hasDigests ? digests : [])];
  };
}

/**
 * Takes names away from images of an Engine; an image without any other name goes with its last one. Pulumi leaves
 * what it has pushed. What is in use stays.
 */
export async function forgetImages(docker: Docker, namesOf: (image: NamedImage) => string[]): Promise<void> {
  for (const name of (await docker.listImages()).flatMap(namesOf)) {
    await docker
      .getImage(name)
      .remove()
      .catch((error: { statusCode?: number }) => {
        // 404: the image's last tag took its digests along. 409: something runs from it.
        if (error.statusCode !== 404 && error.statusCode !== 409) {
          throw error;
        }
      });
  }
}
