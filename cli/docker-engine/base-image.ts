import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { dockerClient } from "../../components/machines/docker-client";
import { cacheDirectory } from "../engine/cache-directory";
import { makeOnce } from "../engine/toolchain/make-once";
import type { Reporter } from "../output/reporter";
import { saveArchive } from "./image-archive";
import { makeBaseImage } from "./make-base-image";

/** Name of the base image on the operator's Engine: not `debian:bookworm`, which may be the user's own there. */
export const BASE_IMAGE = "lab-nodes/base:bookworm";

/** Name that the archive gives the same image on a node, where the lesson's Dockerfiles ask for it. */
export const NODE_BASE_IMAGE = "debian:bookworm";

export interface BaseImageOptions {
  /** Address of the Docker Engine, as `dockerHost` gives it. */
  readonly host: string;
  /** Absolute path of the clone's top folder. */
  readonly programDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

export interface BaseImage {
  /** The image on the operator's Engine. */
  readonly image: string;
  /** Folder whose only *.tar, `debian-bookworm.tar`, is the same image for `docker load` on a node. */
  readonly archiveDirectory: string;
}

const ARCHIVE = "debian-bookworm.tar";

/** Beside the archive: which image it holds, and its size, so that a cut-off one is noticed. */
const ARCHIVE_RECORD = z.strictObject({ imageId: z.string(), bytes: z.number() });

/** The Debian base image without Docker Hub, on the Engine and as an archive for nodes; made by debootstrap on the first call. */
export async function ensureBaseImage(options: BaseImageOptions): Promise<BaseImage> {
  const docker = dockerClient(options.host, options.environment);
  const imageId = (await imageIdOf(docker, BASE_IMAGE)) ?? (await makeBaseImage(docker, BASE_IMAGE, options));
  const archiveDirectory = archiveFolder(options);
  if (!(await holds(archiveDirectory, imageId))) {
    await options.reporter.task("saving the base image for nodes", () =>
      makeOnce(archiveDirectory, async (partial) => {
        const archive = join(partial, ARCHIVE);
        await saveArchive(docker, { from: BASE_IMAGE, as: NODE_BASE_IMAGE, archive });
        await writeFile(join(partial, "archive.json"), JSON.stringify({ imageId, bytes: (await stat(archive)).size }));
      }),
    );
  }
  return { image: BASE_IMAGE, archiveDirectory };
}

/** A folder for each Engine: two of them on one machine have two images, and nodes keep the folder mounted. */
export function archiveFolder({ host, environment }: Pick<BaseImageOptions, "host" | "environment">): string {
  const hash = createHash("sha256").update(`${host} ${BASE_IMAGE} ${NODE_BASE_IMAGE}`).digest("hex").slice(0, 12);
  return join(cacheDirectory(environment), "images", hash);
}

async function holds(folder: string, imageId: string): Promise<boolean> {
  try {
    const record = ARCHIVE_RECORD.parse(JSON.parse(await readFile(join(folder, "archive.json"), "utf8")));
    return record.imageId === imageId && record.bytes === (await stat(join(folder, ARCHIVE))).size;
  } catch {
    // Missing or damaged: it is saved again.
    return false;
  }
}

/** The id of an image on the Engine, or nothing when it is not there. */
async function imageIdOf(docker: ReturnType<typeof dockerClient>, name: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(name).inspect()).Id;
  } catch (error) {
    if (error instanceof Error && "statusCode" in error && error.statusCode === 404) {
      return undefined;
    }
    throw error;
  }
}
