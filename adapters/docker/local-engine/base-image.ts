import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Reporter } from "../../../core/reporter";
import { type Artefact, artefactsIn, makeArtefact } from "../../files/artefacts/artefact";
import { cacheDirectory } from "../../files/cache-directory";
import { dockerClient } from "../client";
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

const ARCHIVE = "debian-bookworm.tar";

/** Makes sure that the Debian base image without Docker Hub is on the Engine; made by debootstrap on the first call. Gives its id. */
export async function ensureBaseImage(options: BaseImageOptions): Promise<string> {
  const docker = dockerClient(options.host, options.environment);
  return (await imageIdOf(docker, BASE_IMAGE)) ?? (await makeBaseImage(docker, BASE_IMAGE, options));
}

/** The same image as an archive for `docker load` on nodes. Its identity is the image's id. */
export async function ensureBaseArchive(options: BaseImageOptions): Promise<Artefact> {
  const identity = await ensureBaseImage(options);
  const folder = archiveFolder(options);
  const [present] = (await artefactsIn(folder)) ?? [];
  if (present?.identity === identity) {
    return present;
  }
  return await options.reporter.task("saving the base image for nodes", () =>
    makeArtefact(folder, ARCHIVE, async (archive) => {
      const docker = dockerClient(options.host, options.environment);
      await saveArchive(docker, { from: BASE_IMAGE, as: NODE_BASE_IMAGE, archive });
      return identity;
    }),
  );
}

/** A folder for each Engine: two of them on one machine have two images. */
export function archiveFolder({ host, environment }: Pick<BaseImageOptions, "host" | "environment">): string {
  const hash = createHash("sha256").update(`${host} ${BASE_IMAGE} ${NODE_BASE_IMAGE}`).digest("hex").slice(0, 12);
  return join(cacheDirectory(environment), "packed", `base-image-${hash}`);
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
