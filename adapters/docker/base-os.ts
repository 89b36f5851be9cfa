import { dockerClient, ifFound } from "./client";
import { readContainerFile } from "./container-file";

/** Where a distribution describes itself; the second is a link to the first in most. */
const FILES = ["/usr/lib/os-release", "/etc/os-release"] as const;

/** The os-release file of an image. "none": it has no such file. "absent": the Engine has no such image. */
export async function readOsRelease(host: string, image: string): Promise<string | "none" | "absent"> {
  const docker = dockerClient(host);
  const container = await ifFound(docker.createContainer({ Image: image, Cmd: ["true"] }));
  if (container === undefined) {
    return "absent";
  }
  try {
    for (const path of FILES) {
      const found = await readContainerFile(container, path);
      if (found !== undefined && found !== "") {
        return found;
      }
    }
    return "none";
  } finally {
    await ifFound(container.remove({ force: true }));
  }
}
