import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { dockerClient, ifFound } from "./client";

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
      const archive = await ifFound(container.getArchive({ path }));
      const found = archive === undefined ? "" : await firstFile(archive);
      if (found !== "") {
        return found;
      }
    }
    return "none";
  } finally {
    await ifFound(container.remove({ force: true }));
  }
}

/** Text of the first file in a tar; empty for a link. */
async function firstFile(archive: NodeJS.ReadableStream): Promise<string> {
  for await (const entry of archive.pipe(extract())) {
    return await text(entry);
  }
  return "";
}
