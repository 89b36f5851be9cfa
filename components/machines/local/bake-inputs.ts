import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { dockerClient } from "../../../adapters/docker/client";
import type { DockerEngine } from "../../../adapters/docker/engine";
import { NODE_IMAGE_CONTEXT, nodeImageName } from "../../../adapters/files/node-image";
import type { LabConfig } from "../../../config/schema";
import type { BakeInputs } from "../../../core/bake";
import { PROJECT } from "../../project-files";
import { commonUserData, sharedInputs } from "../bake-inputs";
import { localMachineKind } from "./machine-kind";

/** Reads all inputs of the bake of local machines for a config. */
export async function readBakeInputs(
  config: LabConfig,
  engine: DockerEngine,
  program: string = PROJECT,
): Promise<BakeInputs> {
  return {
    ...sharedInputs(config, program),
    machine: {
      platform: engine.platform,
      nodeImage: nodeImageName(config.local.baseImage, join(program, NODE_IMAGE_CONTEXT)),
      userData: commonUserData(config, localMachineKind(engine, config.artefacts.directory)),
    },
    baseImage: await imageIdentity(config.local.baseImage, engine),
    archives: await archivesIn(config.artefacts.directory),
  };
}

/** A name without a digest can change its meaning, so the image's ID is added if the Engine has the image. */
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

const RECORD = z.record(z.string(), z.object({ identity: z.string() }));

/**
 * Base images in the folder of artefacts. Archives that `lab` created are identified by the sum in their record; the
 * operator's own archives by size and time, because hashing gigabytes each time takes too long.
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
