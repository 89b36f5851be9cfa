import type Docker from "dockerode";
import { dockerClient } from "../../../adapters/docker/client";
import type { DockerEngine } from "../../../adapters/docker/engine";
import type { LabConfig } from "../../../config/schema";
import { type BakeChoice, bakeIdentity, chooseBake, NO_BAKE } from "../../../core/bake";
import { BAKED_NODE_SHARE, NODE_SHARE, type NodeShare } from "../../../core/capacity";
import { CONTAINER_RECIPES } from "../../../core/container-recipe";
import { ofStack } from "../../../core/resource-names";
import { readBakeInputs } from "./bake-inputs";

/** Name of the images, without tag. */
export const BAKE_REPOSITORY = "lab-nodes-bake";

/** Label of a bake with its hash; unfinished bakes have the label, but no name. */
export const BAKE_LABEL = "lab-nodes.bake";

/** Label of a bake with the hash of the machine's part. */
export const BAKE_MACHINE_LABEL = "lab-nodes.bake.machine";

/** Name of a bake's image. */
export function bakeImageName(hash: string): string {
  return `${BAKE_REPOSITORY}:${hash}`;
}

/** Whether the bake in `local.bake` may be used for this stack. Undefined: none is configured. */
export async function checkBake(
  stack: string,
  config: LabConfig,
  engine: DockerEngine,
): Promise<{ readonly image: string; readonly choice: BakeChoice } | undefined> {
  const wanted = config.local.bake;
  if (wanted === undefined || wanted === NO_BAKE) {
    return undefined;
  }
  const image = bakeImageName(wanted);
  const [made, machines, inputs] = await Promise.all([
    configOf(engine, image),
    machinesOf(engine, stack),
    readBakeInputs(config, engine),
  ]);
  const choice = chooseBake({
    wanted,
    bakeStore: "the Docker Engine",
    machineHash: made?.Labels?.[BAKE_MACHINE_LABEL],
    current: bakeIdentity(inputs),
    machines: machines.some(({ Image }) => Image === image) ? "exist" : "none",
  });
  return { image, choice };
}

/**
 * The cgroup version that nodes of a bake need. An image declares its container's mounts as volumes: on v2, the empty volume
 * of a v1 bake would hide files that systemd needs.
 */
export async function cgroupNeededBy(hash: string, engine: DockerEngine): Promise<1 | "any"> {
  const volumes = (await configOf(engine, bakeImageName(hash)))?.Volumes ?? {};
  return CONTAINER_RECIPES[1].bindMounts.some(({ containerPath }) => containerPath in volumes) ? 1 : "any";
}

/** Whether a stack has machines on an Engine, of whatever kind. */
export async function hasMachines(engine: DockerEngine, stack: string): Promise<boolean> {
  return (await machinesOf(engine, stack)).length > 0;
}

/** Whether an Engine has the bake of this hash. */
export async function bakeExists(engine: DockerEngine, hash: string): Promise<boolean> {
  return (await configOf(engine, bakeImageName(hash))) !== undefined;
}

/** Resources per new node: less with a bake, which `lab up` selects by itself only for a new class. */
export async function shareOfNewNode(config: LabConfig, engine: DockerEngine, existing: number): Promise<NodeShare> {
  const { bake } = config.local;
  if (bake === NO_BAKE) {
    return NODE_SHARE;
  }
  const { hash } = bakeIdentity(await readBakeInputs(config, engine));
  const isTaken = existing === 0 || bake === hash;
  return isTaken && (await bakeExists(engine, hash)) ? BAKED_NODE_SHARE : NODE_SHARE;
}

function machinesOf({ host }: DockerEngine, stack: string): Promise<Docker.ContainerInfo[]> {
  return dockerClient(host).listContainers({ all: true, filters: ofStack(stack) });
}

type ImageConfig = Docker.ImageInspectInfo["Config"];

/** An image's config; undefined if the Engine has no such image. */
async function configOf({ host }: DockerEngine, image: string): Promise<ImageConfig | undefined> {
  try {
    return (await dockerClient(host).getImage(image).inspect()).Config;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) {
      return undefined;
    }
    throw error;
  }
}
