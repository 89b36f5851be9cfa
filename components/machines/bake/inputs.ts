import { readdirSync, readFileSync, statSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { renderUserData } from "../../../cloud-init/user-data";
import type { LabConfig } from "../../../config/schema";
import lock from "../../../lab.lock.json";
import { IMAGE_SETS } from "../../base-images";
import { dockerInstallation } from "../../docker-installation";
import { trivyInstallation } from "../../trivy";
import { dockerClient } from "../docker-client";
import type { DockerEngine } from "../docker-engine";
import { localMachineKind } from "../local-machine-kind";
import { NODE_IMAGE_CONTEXT, nodeImageName } from "../node-image";
import type { BakeInputs } from "./identity";

const PROGRAM = resolve(__dirname, "../../..");

/** What is put onto a node to make a bake of it, relative to the program. */
const BAKE_FILES = "components/machines/bake/files";

/** Absolute path of one of them. */
export function bakeFile(name: string): string {
  return join(PROGRAM, BAKE_FILES, name);
}

/** Reads everything that goes into the bake for a config. */
export async function readBakeInputs(
  config: LabConfig,
  engine: DockerEngine,
  program: string = PROGRAM,
): Promise<BakeInputs> {
  const { baseImages, contexts } = IMAGE_SETS[config.images.base];
  const lesson = ["figlet", "hello/v0.1", "hello/v0.2"].map((context) => join(contexts, context));
  return {
    machine: {
      platform: engine.platform,
      nodeImage: nodeImageName(config.local.baseImage, join(program, NODE_IMAGE_CONTEXT)),
      userData: commonUserData(config, engine),
    },
    baseImage: await imageIdentity(config.local.baseImage, engine),
    lock: JSON.stringify(lock),
    baseImages: baseImages.map(({ tag, source }) => `${tag} ${source}`),
    contexts: Object.assign({}, ...lesson.map((context) => filesIn(program, context))),
    archives: await archivesIn(config.artefacts.directory),
    recipe: filesIn(program, BAKE_FILES),
  };
}

/** User data as every class with this config has it. */
function commonUserData(config: LabConfig, engine: DockerEngine): string {
  const parts = renderUserData({
    hostname: "",
    authorizedKeys: [],
    studentKeys: [],
    hostKey: { publicKey: "" },
    docker: dockerInstallation(config.node.dockerPackage, config.images.mirror),
    trivy: trivyInstallation(config.trivy, localMachineKind(engine, config.artefacts.directory)),
    expiry: undefined,
  });
  return parts.map(({ content }) => content).join("\n");
}

/** A name without a digest means one image today and another tomorrow: then its id counts, while the Engine has it. */
async function imageIdentity(name: string, { host }: DockerEngine): Promise<string> {
  if (name.includes("@sha256:")) {
    return name;
  }
  try {
    return `${name} ${(await dockerClient(host).getImage(name).inspect()).Id}`;
  } catch {
    return name;
  }
}

/** Files of a folder of the program: path -> mode and content. */
function filesIn(program: string, directory: string): Record<string, string> {
  const entries = readdirSync(join(program, directory), { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.flatMap((entry) => {
      if (!entry.isFile()) {
        return [];
      }
      const path = join(entry.parentPath, entry.name);
      const isExecutable = (statSync(path).mode & 0o100) !== 0;
      return [[relative(program, path), `${isExecutable ? "x" : "-"} ${readFileSync(path, "base64")}`]];
    }),
  );
}

const RECORD = z.record(z.string(), z.object({ identity: z.string() }));

/**
 * Base images in the folder of artefacts. What `lab` made is known by its sum, from the record beside it; to read gigabytes
 * of an operator's own archives each time would cost more than it is worth, so those go by size and time.
 */
async function archivesIn(directory: string | undefined): Promise<Record<string, string>> {
  if (directory === undefined) {
    return {};
  }
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(".tar"));
  const recorded = await readRecord(join(directory, "artefacts.json"));
  const described = names.map(async (name) => {
    const { size, mtimeMs } = await stat(join(directory, name));
    return [name, recorded[name]?.identity ?? `${size} ${mtimeMs}`] as const;
  });
  return Object.fromEntries(await Promise.all(described));
}

async function readRecord(file: string): Promise<z.output<typeof RECORD>> {
  try {
    return RECORD.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return {};
  }
}
