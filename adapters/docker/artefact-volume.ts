import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import tar from "tar-fs";
import { pack } from "tar-stream";
import type { CommandContext } from "../../core/command-context";
import { artefactVolumeName, STACK_LABEL } from "../../core/resource-names";
import { dockerClient, ifFound, progressEnd } from "./client";
import { readContainerFile } from "./container-file";

/** Where the volume is in the container that fills it. */
const MOUNT = "/artefacts";

/** File in the volume that says what it was filled with. It is written last. */
const RECORD = ".lab-nodes-contents";

/** What the volume is to have. */
export interface VolumeContents {
  /** The folder here. */
  readonly directory: string;
  /** Any image with `find`: the volume is filled through a container of it. */
  readonly image: string;
}

/** A folder of this machine as a volume on a Docker host, where it cannot be mounted; copied unless the volume has it already. */
export async function fillArtefactVolume(
  { options: { stack }, reporter }: CommandContext,
  host: string,
  { directory, image }: VolumeContents,
): Promise<void> {
  const docker = dockerClient(host);
  const name = artefactVolumeName(stack);
  // An existing one stays as it is.
  await docker.createVolume({ Name: name, Labels: { [STACK_LABEL]: stack } });
  const filler = await createFiller(docker, { stack, image, volume: name });
  try {
    const wanted = contentsOf(directory);
    const found = await readRecord(filler);
    if (found !== wanted) {
      await reporter.task(`copying ${directory} to ${host}`, () => fill(filler, directory, wanted));
    }
  } finally {
    await filler.remove({ force: true });
  }
}

async function createFiller(
  docker: Docker,
  { stack, image, volume }: { readonly stack: string; readonly image: string; readonly volume: string },
): Promise<Docker.Container> {
  const container = {
    Image: image,
    Cmd: ["find", MOUNT, "-mindepth", "1", "-delete"],
    Labels: { [STACK_LABEL]: stack },
    HostConfig: { Binds: [`${volume}:${MOUNT}`] },
  };
  const created = await ifFound(docker.createContainer(container));
  if (created !== undefined) {
    return created;
  }
  await progressEnd(docker, await docker.pull(image));
  return docker.createContainer(container);
}

async function fill(filler: Docker.Container, directory: string, record: string): Promise<void> {
  // The container only empties the volume: removed archives must not be loaded any more.
  await filler.start();
  await filler.wait();
  const archive = tar.pack(directory, {
    dereference: true,
    map: (header) => ({ ...header, uid: 0, gid: 0, mode: header.type === "directory" ? 0o755 : 0o644 }),
  });
  await filler.putArchive(Readable.from(archive), { path: MOUNT });
  const written = pack();
  written.entry({ name: RECORD, mode: 0o644 }, record);
  written.finalize();
  await filler.putArchive(Readable.from(written), { path: MOUNT });
}

/** What a volume was filled with; undefined for one that is empty, or was not filled to the end. */
function readRecord(filler: Docker.Container): Promise<string | undefined> {
  return readContainerFile(filler, `${MOUNT}/${RECORD}`);
}

/** A hash of the files of a folder: names, sizes and times, since reading gigabytes takes longer than it is worth. */
function contentsOf(directory: string): string {
  const lines = readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = statSync(path);
    return entry.isDirectory() ? [] : [`${relative(directory, path)} ${size} ${mtimeMs}`];
  });
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}
