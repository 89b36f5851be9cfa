import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import { extract } from "tar-stream";
import { ifFound } from "./client";

/** Text of a file of a container, which need not run; empty for a link, undefined if there is no such file. */
export async function readContainerFile(container: Docker.Container, path: string): Promise<string | undefined> {
  const archive = await ifFound(container.getArchive({ path }));
  for await (const entry of archive?.pipe(extract()) ?? []) {
    return await text(entry);
  }
  return undefined;
}
