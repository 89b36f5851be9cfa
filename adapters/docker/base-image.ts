import { createHash } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import tar from "tar-fs";
import { z } from "zod";
import type { Reporter } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { type Artefact, artefactsIn, makeArtefact } from "../files/artefacts/folder";
import { cacheDirectory } from "../files/own-machine";
import { runProgram } from "../files/programs";
import { dockerClient, ifFound, progressEnd } from "./client";

const REPOSITORY = "lab-nodes/base";
const RELEASE = "trixie";

/** Name of the base image on the operator's Engine: not `debian:trixie`, which may be the user's own there. */
export const BASE_IMAGE = `${REPOSITORY}:${RELEASE}`;

/** Name that the archive gives the same image on a node, where the lesson's Dockerfiles ask for it. */
const NODE_BASE_IMAGE = `debian:${RELEASE}`;

/** Name of the archive with the base image for nodes. */
export const BASE_ARCHIVE = `debian-${RELEASE}.tar`;

/** The release of a base image that `lab` creates, e.g. `bookworm` of `lab-nodes/base:bookworm`; undefined for others. */
export function ownRelease(image: string): string | undefined {
  return /^lab-nodes\/base:([a-z]+)$/.exec(image)?.[1];
}

export interface BaseImageOptions {
  /** Address of the Docker Engine, as `dockerHost` gives it. */
  readonly host: string;
  /** Absolute path of the clone's top folder. */
  readonly programDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/**
 * Ensures that a base image without Docker Hub, `lab-nodes/base:RELEASE`, is on the Engine; debootstrap creates it on the
 * first call. Gives its id.
 */
export async function ensureBaseImage(options: BaseImageOptions, name: string = BASE_IMAGE): Promise<string> {
  const image = dockerClient(options.host, options.environment).getImage(name);
  const present = await ifFound(image.inspect());
  if (present === undefined) {
    await createBaseImage(options, name);
  }
  return (present ?? (await image.inspect())).Id;
}

/** Debian 13, on which the lesson's images are built there, as an archive for `docker load` on nodes. Its identity is the image's id. */
export async function ensureBaseArchive(options: BaseImageOptions): Promise<Artefact> {
  const identity = await ensureBaseImage(options);
  const folder = archiveFolder(options);
  const [present] = (await artefactsIn(folder)) ?? [];
  if (present?.identity === identity) {
    return present;
  }
  return await options.reporter.task("saving the base image for nodes", () =>
    makeArtefact(folder, BASE_ARCHIVE, async (archive) => {
      await saveForNodes(dockerClient(options.host, options.environment), archive);
      return identity;
    }),
  );
}

/** A folder for each Engine: two of them on one machine have two images. */
export function archiveFolder({ host, environment }: Pick<BaseImageOptions, "host" | "environment">): string {
  const hash = createHash("sha256").update(`${host} ${BASE_IMAGE} ${NODE_BASE_IMAGE}`).digest("hex").slice(0, 12);
  return join(cacheDirectory(environment), "packed", `base-image-${hash}`);
}

/** Creates a minimal Debian from this machine's own apt mirror and imports it. */
async function createBaseImage(options: BaseImageOptions, name: string): Promise<void> {
  requireDebianRoot(name);
  const docker = dockerClient(options.host, options.environment);
  const parent = cacheDirectory(options.environment);
  await mkdir(parent, { recursive: true });
  // Into a file first: importing straight from the pipe would create an image of a tree that was cut off half-way.
  const folder = await mkdtemp(join(parent, ".base-image-"));
  try {
    const tree = join(folder, "root.tar");
    await options.reporter.task(`creating the base image ${name} with debootstrap`, async (update) => {
      await writeRootFilesystem(tree, { ...options, environment: environmentFor(name, options) }, update);
      update("importing");
      const imported = { repo: REPOSITORY, tag: ownRelease(name), changes: 'CMD ["bash"]' };
      await progressEnd(docker, await docker.importImage(tree, imported));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The default release is the script's to choose: on an Ubuntu host it is the host's own. */
function environmentFor(name: string, { environment }: BaseImageOptions): NodeJS.ProcessEnv {
  return name === BASE_IMAGE ? environment : { ...environment, LAB_BASE_SUITE: ownRelease(name) };
}

function requireDebianRoot(name: string): void {
  const missing = `The base image ${name} is not on the Docker Engine, and Docker Hub is not used for it.`;
  const release = name === BASE_IMAGE ? "" : `LAB_BASE_SUITE=${ownRelease(name)} `;
  const command = `sudo ${release}airgap/base-image.sh | docker import - ${name}`;
  if (process.platform !== "linux") {
    throw new LabError(`${missing} It can be created on Debian or Ubuntu only.`, {
      exitCode: 2,
      hint: `Create it there (${command}), then docker save it and docker load it here`,
    });
  }
  if (process.getuid?.() !== 0) {
    throw new LabError(`${missing} Creating it with debootstrap needs root.`, { exitCode: 2, hint: command });
  }
}

/** How the script marks its warnings. */
const WARNING = "base-image: warning: ";

async function writeRootFilesystem(
  tree: string,
  { programDirectory, environment, reporter }: BaseImageOptions,
  update: (detail: string) => void,
): Promise<void> {
  const result = await runProgram(join(programDirectory, "airgap", "base-image.sh"), [], {
    environment,
    outputFile: tree,
    onLine: (line) => update(line.replace(/^(I|base-image): /, "")),
  });
  for (const line of result.errorLines.filter((text) => text.startsWith(WARNING))) {
    reporter.warn(line.slice(WARNING.length));
  }
  if (result.failure !== undefined) {
    const tail = result.errorLines.slice(-10).join("\n");
    throw new LabError(`Creating the base image failed (${result.failure}).\n${tail}`, {
      hint: "Check that this machine's apt works: apt-get update",
    });
  }
}

/**
 * `docker save` of the base image under its name on nodes. Tagging it on the Engine meanwhile would do the same, but would
 * take that name away from the user's own image.
 */
async function saveForNodes(docker: Docker, archive: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(archive), ".save-"));
  try {
    await pipeline(await docker.getImage(BASE_IMAGE).get(), tar.extract(folder));
    for (const [name, rename] of [
      ["manifest.json", renameInManifest] as const,
      ["index.json", renameInIndex] as const,
    ]) {
      const file = join(folder, name);
      if (existsSync(file)) {
        await writeFile(file, rename(await readFile(file, "utf8"), NODE_BASE_IMAGE));
      }
    }
    // An older list of the same names; `docker load` reads manifest.json.
    await rm(join(folder, "repositories"), { force: true });
    await pipeline(tar.pack(folder), createWriteStream(archive));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const MANIFEST = z.array(z.looseObject({ RepoTags: z.array(z.string()).nullable() })).length(1);

/** manifest.json of an archive of one image, with that image called `name`. */
export function renameInManifest(text: string, name: string): string {
  return JSON.stringify(MANIFEST.parse(JSON.parse(text)).map((image) => ({ ...image, RepoTags: [name] })));
}

const INDEX = z.looseObject({
  manifests: z.array(z.looseObject({ annotations: z.record(z.string(), z.string()).optional() })),
});

/** index.json (which newer Engines write beside it) with the image called `name`, in full as containerd wants it. */
export function renameInIndex(text: string, name: string): string {
  const index = INDEX.parse(JSON.parse(text));
  const [repository = name, tag = "latest"] = name.split(":");
  const fullName = `docker.io/${repository.includes("/") ? "" : "library/"}${repository}:${tag}`;
  const names = { "io.containerd.image.name": fullName, "org.opencontainers.image.ref.name": tag };
  const manifests = index.manifests.map((manifest) => ({
    ...manifest,
    annotations: { ...manifest.annotations, ...names },
  }));
  return JSON.stringify({ ...index, manifests });
}
