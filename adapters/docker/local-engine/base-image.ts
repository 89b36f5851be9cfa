import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import type { Reporter } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { type Artefact, artefactsIn, makeArtefact } from "../../files/artefacts/folder";
import { cacheDirectory } from "../../files/own-machine";
import { runProgram } from "../../files/programs";
import { dockerClient } from "../client";
import { saveArchive } from "./image-archive";

/** Name of the base image on the operator's Engine: not `debian:bookworm`, which may be the user's own there. */
export const BASE_IMAGE = "lab-nodes/base:bookworm";

/** Name that the archive gives the same image on a node, where the lesson's Dockerfiles ask for it. */
const NODE_BASE_IMAGE = "debian:bookworm";

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

interface MakeOptions {
  readonly programDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/** Makes a minimal Debian from this machine's own apt mirror and imports it under the given name. Gives the image's id. */
async function makeBaseImage(docker: Docker, name: string, options: MakeOptions): Promise<string> {
  requireDebianRoot(name);
  const parent = cacheDirectory(options.environment);
  await mkdir(parent, { recursive: true });
  // Into a file first: importing straight from the pipe would make an image of a tree that was cut off half-way.
  const folder = await mkdtemp(join(parent, ".base-image-"));
  try {
    const tree = join(folder, "root.tar");
    await options.reporter.task(`making the base image ${name} by debootstrap`, async (update) => {
      await writeRootFilesystem(tree, options, update);
      update("importing");
      await importTree(docker, tree, name);
    });
    return (await docker.getImage(name).inspect()).Id;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function requireDebianRoot(name: string): void {
  const missing = `The base image ${name} is not on the Docker Engine, and Docker Hub is not used for it.`;
  if (process.platform !== "linux") {
    throw new LabError(`${missing} It can be made on Debian or Ubuntu only.`, {
      exitCode: 2,
      hint: `Make it there (sudo airgap/base-image.sh | docker import - ${name}), then docker save it and docker load it here`,
    });
  }
  if (process.getuid?.() !== 0) {
    throw new LabError(`${missing} Making it by debootstrap needs root.`, {
      exitCode: 2,
      hint: `sudo airgap/base-image.sh | docker import - ${name}`,
    });
  }
}

/** How the script marks what its user should know of. */
const WARNING = "base-image: warning: ";

async function writeRootFilesystem(
  tree: string,
  options: MakeOptions,
  update: (detail: string) => void,
): Promise<void> {
  const script = join(options.programDirectory, "airgap", "base-image.sh");
  const result = await runProgram(script, [], {
    environment: options.environment,
    outputFile: tree,
    onLine: (line) => update(line.replace(/^(I|base-image): /, "")),
  });
  for (const line of result.errorLines.filter((text) => text.startsWith(WARNING))) {
    options.reporter.warn(line.slice(WARNING.length));
  }
  if (result.failure !== undefined) {
    const tail = result.errorLines.slice(-10).join("\n");
    throw new LabError(`Making the base image failed (${result.failure}).\n${tail}`, {
      hint: "Check that this machine's apt works: apt-get update",
    });
  }
}

async function importTree(docker: Docker, tree: string, name: string): Promise<void> {
  const [repo, tag] = splitName(name);
  const progress = await docker.importImage(tree, { repo, tag, changes: 'CMD ["bash"]' });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error)));
  });
}

function splitName(name: string): [repository: string, tag: string] {
  const colon = name.lastIndexOf(":");
  return [name.slice(0, colon), name.slice(colon + 1)];
}
