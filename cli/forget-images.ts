import type Docker from "dockerode";
import { DEFAULTS } from "../config/defaults";
import type { RawConfig } from "../config/parse";
import { settingAt } from "../config/settings";

/** Which of an Engine's image names a class has given for its registry. Undefined when it has no registry. */
export function pushedNames(stack: string, raw: RawConfig): ((name: string) => boolean) | undefined {
  if (settingAt(raw, "images.delivery") !== "registry") {
    return undefined;
  }
  const existing = settingAt(raw, "images.registry");
  if (existing !== undefined) {
    return (name) => name.startsWith(`${existing}/`) && name.slice(name.lastIndexOf(":") + 1).startsWith(`${stack}-`);
  }
  const port = settingAt(raw, "images.registryPort") ?? DEFAULTS.images.registryPort;
  return (name) => name.startsWith(`127.0.0.1:${port}/`);
}

/**
 * Takes names away from images of an Engine; an image without any other name goes with its last one. Pulumi leaves
 * what it has pushed. Gives the names that stayed, since a container uses them.
 */
export async function forgetImages(docker: Docker, isForgotten: (name: string) => boolean): Promise<string[]> {
  const images = await docker.listImages();
  const names = images.flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])]);
  const stayed: string[] = [];
  for (const name of names.filter(isForgotten)) {
    const failure: { statusCode?: number } | undefined = await docker
      .getImage(name)
      .remove()
      .then(
        () => undefined,
        (error: { statusCode?: number }) => error,
      );
    // 404: the image's last tag took its digests along.
    if (failure !== undefined && failure.statusCode !== 404) {
      stayed.push(name);
    }
  }
  return stayed;
}
