import type Docker from "dockerode";
import { dockerClient, dockerHost } from "../../../../adapters/docker/client";
import type { DockerEngine } from "../../../../adapters/docker/engine";
import { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { readBakeInputs } from "../../../../components/machines/local/bake-inputs";
import {
  BAKE_LABEL,
  BAKE_REPOSITORY,
  bakeExists,
  cgroupNeededBy,
  hasMachines,
} from "../../../../components/machines/local/bakes";
import { hostsIn, serverOf } from "../../../../config/hosts";
import type { RawConfig } from "../../../../config/settings";
import { settingAt } from "../../../../config/settings";
import { bakeIdentity, NO_BAKE } from "../../../../core/bake";
import type { CommandContext } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import { containerName } from "../../../../core/resource-names";
import { wantedConfig } from "../../configure/wanted-config";
import { dockerResources, removeDockerResources } from "../../recovery/made-resources";
import { type BakeStore, type StoredBake, saveBakeSetting } from "../bake-store";
import { commitNode, nameBake, nodeOf, prepareNode } from "./node";

/** Bakes as images on the Docker Engine of a stack. */
export async function localBakeStore({ runtime, options }: CommandContext): Promise<BakeStore> {
  const raw = new StackConfig(runtime.programDirectory, options.stack).read();
  const host = bakingHost(raw) ?? (await dockerHost(runtime.environment));
  const docker = dockerClient(host);
  return {
    identity: async ({ settings, docker: engine }) => {
      if (engine === undefined) {
        throw new LabError("A bake needs a Docker Engine.");
      }
      return bakeIdentity(await readBakeInputs(settings, engine));
    },
    stored: () => storedBakes(docker),
    removeHalfMade: async () => {
      for (const { id } of (await storedBakes(docker)).filter(({ name }) => name === undefined)) {
        await docker.getImage(id).remove();
      }
    },
    prepareNode: async ({ lab }) => prepareNode(docker, await nodeOf(docker, lab.stack.name)),
    saveNode: async ({ lab }, identity) => commitNode(await nodeOf(docker, lab.stack.name), identity),
    nameBake: (id, { hash }) => nameBake(docker, id, hash),
    remove: async ({ id, name }) => {
      await docker.getImage(name ?? id).remove();
    },
    storageCost: async () => undefined,
    removeOrphans: async (bakery) => removeDockerResources(await dockerResources(host, bakery)),
  };
}

/** All bakes of an Engine, the newest first; half-made ones too. */
async function storedBakes(docker: Docker): Promise<StoredBake[]> {
  const images = await docker.listImages({ filters: { label: [BAKE_LABEL] } });
  const containers = await docker.listContainers({ all: true });
  return images
    .map((image) => ({
      id: image.Id,
      hash: image.Labels[BAKE_LABEL] ?? "",
      name: image.RepoTags?.find((tag) => tag.startsWith(`${BAKE_REPOSITORY}:`)),
      made: new Date(image.Created * 1000).toISOString(),
      bytes: image.Size,
      size: "known" as const,
      owner: "this one" as const,
      usedBy: containers.filter(({ ImageID }) => ImageID === image.Id).map(containerName),
    }))
    .sort((a, b) => b.made.localeCompare(a.made));
}

/** The Engine in a stack's settings on which a bake is made; `lab up` copies it to all other hosts. Undefined: none is set. */
export function bakingHost(raw: RawConfig): string | undefined {
  const { hosts } = hostsIn(raw);
  const own = hosts.find((host) => serverOf(host) === undefined);
  if (hosts.length > 0 && own === undefined) {
    throw new LabError("A bake is made on this machine's own Docker Engine, which is not in docker.hosts.", {
      exitCode: 2,
      hint: "Add it to docker.hosts, as unix:///var/run/docker.sock. ./lab up copies bakes to the other hosts.",
    });
  }
  const configured = settingAt(raw, "docker.host");
  return own ?? (configured === undefined ? undefined : String(configured));
}

/**
 * Saves in a stack's settings which bake its machines are made from, if one fits. Only if the class has no machines: a later
 * bake must not replace machines that students work on.
 */
export async function saveLocalBake(
  { options, reporter }: CommandContext,
  config: StackConfig,
  docker: DockerEngine,
  engines: readonly DockerEngine[] = [docker],
): Promise<void> {
  const settings = wantedConfig(config, new Map());
  const saved = settings.local.bake;
  const machines = await Promise.all(engines.map((engine) => hasMachines(engine, options.stack)));
  if (saved === NO_BAKE || machines.includes(true)) {
    return;
  }
  const { hash } = bakeIdentity(await readBakeInputs(settings, docker));
  const exists = await bakeExists(docker, hash);
  // All hosts or none: the program assumes that a host that does not answer later is like the others.
  if (exists && !(await bootsOnAll(hash, docker, engines))) {
    config.forget("local.bake");
    reporter.warn(`the bake ${hash} was made on cgroup v1 and does not boot on v2, so nodes are made without one`);
    return;
  }
  saveBakeSetting(reporter, config, "local.bake", { saved, fitting: exists ? { hash, title: hash } : undefined });
}

async function bootsOnAll(hash: string, docker: DockerEngine, engines: readonly DockerEngine[]): Promise<boolean> {
  const needed = await cgroupNeededBy(hash, docker);
  return needed === "any" || engines.every(({ cgroupVersion }) => cgroupVersion === needed);
}
