import { dockerClient, dockerHost } from "../../../../adapters/docker/client";
import { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { readBakeInputs } from "../../../../components/machines/local/bake-inputs";
import { bakeIdentity } from "../../../../core/bake";
import type { CommandContext } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import { ofStack } from "../../../../core/resource-names";
import type { BakeStore } from "../bake-store";
import { bakingHost } from "./baking-host";
import { commitNode, nameBake, nodeOf, prepareNode } from "./node";
import { storedBakes } from "./stored";

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
