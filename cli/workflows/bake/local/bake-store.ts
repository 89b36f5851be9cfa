import type Docker from "dockerode";
import { dockerClient, dockerHost } from "../../../../adapters/docker/client";
import { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { readBakeInputs } from "../../../../components/machines/local/bake-inputs";
import { BAKE_LABEL, BAKE_REPOSITORY } from "../../../../components/machines/local/bakes";
import { hostsIn, serverOf } from "../../../../config/hosts";
import type { RawConfig } from "../../../../config/settings";
import { settingAt } from "../../../../config/settings";
import { bakeIdentity } from "../../../../core/bake";
import type { CommandContext } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import { containerName, ofStack } from "../../../../core/resource-names";
import type { BakeStore, StoredBake } from "../bake-store";
import { commitNode, nameBake, nodeOf, prepareNode } from "./node";

/** Bakes as images on the Docker Engine of a stack. */
export async function localBakeStore(context: CommandContext): Promise<BakeStore> {
  const host = await hostOf(context);
  const docker = dockerClient(host);
  return {
    name: "this Docker Engine",
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
    keepNode: async ({ lab }, identity) => commitNode(await nodeOf(docker, lab.stack.name), identity),
    nameBake: (id, { hash }) => nameBake(docker, id, hash),
    remove: async ({ id, name }) => {
      await docker.getImage(name ?? id).remove();
    },
    keepingCost: async () => undefined,
    removeOrphans: (bakery) => removeNode(host, bakery),
  };
}

async function removeNode(host: string, stack: string): Promise<void> {
  const docker = dockerClient(host);
  const filters = ofStack(stack);
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes ?? []) {
    await docker.getVolume(Name).remove();
  }
}

/** The Engine of a stack's settings, as `lab up` takes it. */
async function hostOf({ runtime, options }: CommandContext): Promise<string> {
  const raw = new StackConfig(runtime.programDirectory, options.stack).read();
  return bakingHost(raw) ?? (await dockerHost(runtime.environment));
}

/** Every bake that an Engine has, the newest first; half-made ones too. */
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

/**
 * The Engine in a stack's settings on which a bake is made, for all its hosts: `lab up` copies it to the others. Undefined
 * where none is named.
 */
export function bakingHost(raw: RawConfig): string | undefined {
  const { hosts } = hostsIn(raw);
  const here = hosts.find((host) => serverOf(host) === undefined);
  if (hosts.length > 0 && here === undefined) {
    throw new LabError("A bake is made on an Engine of this machine, and none is among docker.hosts.", {
      exitCode: 2,
      hint: "Put this machine's own into the list, as unix:///var/run/docker.sock. ./lab up copies bakes to the other hosts.",
    });
  }
  const configured = settingAt(raw, "docker.host");
  return here ?? (configured === undefined ? undefined : String(configured));
}
