import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { dockerClient } from "../../../../../adapters/docker/client";
import { type DockerEngine, readDockerEngine } from "../../../../../adapters/docker/engine";
import { CONTAINER_RECIPES } from "../../../../../core/container-recipe";
import { bootImage, restoreVolume } from "./disk";
import type { NodeSettings } from "./settings";

/** Labels of the containers and volumes of emulated instances. */
export const INSTANCE_LABEL = "lab-nodes.test.aws-instance";
export const CLASS_LABEL = "lab-nodes.test.aws-class";

const SEED = "var/lib/cloud/seed/nocloud";

/** What a machine is told when it boots. */
export interface Boot {
  readonly instanceId: string;
  /** The machine image. */
  readonly ami: string;
  /** Stack of the program, so that a test finds what is left of its own. */
  readonly stack: string;
  readonly hostname: string;
  readonly publicKeys: readonly string[];
  readonly userData: Buffer;
}

/** The containers that emulated instances are. */
export class NodeContainers {
  readonly #docker: Docker;

  constructor(private readonly settings: NodeSettings) {
    this.#docker = dockerClient(settings.dockerHost);
  }

  /** The CPU architecture of this machine's containers, in EC2's word. */
  async architecture(): Promise<"x86_64" | "arm64"> {
    const { platform } = await readDockerEngine(this.settings.dockerHost);
    return platform === "linux/arm64" ? "arm64" : "x86_64";
  }

  /** Boots the instance's container, unless it is there, and gives its address. */
  async boot(boot: Boot): Promise<string> {
    const engine = await readDockerEngine(this.settings.dockerHost);
    const old = await this.#find(boot.instanceId);
    if (old?.State !== "running") {
      await this.remove(boot.instanceId);
      await this.#docker.createVolume({ Name: diskName(boot), Labels: labelsOf(boot) });
      const image = await bootImage(this.#docker, boot.ami, this.settings.image);
      await restoreVolume(this.#docker, boot.ami, image, diskName(boot));
      const container = await this.#docker.createContainer(createOptions(boot, engine, { ...this.settings, image }));
      await container.putArchive(await seedArchive(boot), { path: "/" });
      await container.start();
    }
    const address = await this.address(boot.instanceId);
    if (address === undefined) {
      throw new Error(`container ${containerName(boot)} has no address on Docker's bridge network`);
    }
    return address;
  }

  /** Address on Docker's bridge network; undefined when the machine does not run. */
  async address(instanceId: string): Promise<string | undefined> {
    const found = await this.#find(instanceId);
    return found?.NetworkSettings.Networks["bridge"]?.IPAddress || undefined;
  }

  /** Whether the machine has switched itself off. */
  async isOff(instanceId: string): Promise<boolean> {
    return (await this.#find(instanceId))?.State === "exited";
  }

  /** Removes container and disk; either may be gone. */
  async remove(instanceId: string): Promise<void> {
    const found = await this.#find(instanceId);
    if (found !== undefined) {
      await this.#docker.getContainer(found.Id).remove({ force: true, v: true });
    }
    const filters = { label: [`${INSTANCE_LABEL}=${instanceId}`] };
    for (const { Name } of (await this.#docker.listVolumes({ filters })).Volumes ?? []) {
      await this.#docker.getVolume(Name).remove({ force: true });
    }
  }

  async #find(instanceId: string): Promise<Docker.ContainerInfo | undefined> {
    const filters = { label: [`${INSTANCE_LABEL}=${instanceId}`] };
    return (await this.#docker.listContainers({ all: true, filters }))[0];
  }
}

function containerName({ stack, instanceId }: Boot): string {
  return `lab-${stack}-ec2-${instanceId}`;
}

function diskName(boot: Boot): string {
  return `${containerName(boot)}-docker-data`;
}

function labelsOf({ stack, instanceId }: Boot): Record<string, string> {
  return { [INSTANCE_LABEL]: instanceId, [CLASS_LABEL]: stack };
}

/** As the local target runs a node, but with an address instead of a published port. */
function createOptions(
  boot: Boot,
  engine: DockerEngine,
  { image, mount }: NodeSettings,
): Docker.ContainerCreateOptions {
  return {
    name: containerName(boot),
    Image: image,
    Hostname: boot.hostname,
    Labels: labelsOf(boot),
    HostConfig: hostConfig(boot, engine, mount),
  };
}

/** The Engine's API has `CgroupnsMode`, dockerode's types have not. */
function hostConfig(
  boot: Boot,
  { cgroupVersion }: DockerEngine,
  mount: string | undefined,
): Docker.HostConfig & { CgroupnsMode: string } {
  const recipe = CONTAINER_RECIPES[cgroupVersion];
  return {
    CapAdd: [...recipe.capabilities],
    SecurityOpt: [...recipe.securityOptions],
    Tmpfs: { ...recipe.tmpfs },
    CgroupnsMode: recipe.cgroupNamespace,
    Binds: [
      `${diskName(boot)}:/var/lib/docker`,
      ...recipe.bindMounts.map(({ hostPath, containerPath }) => `${hostPath}:${containerPath}`),
      ...(mount === undefined ? [] : [`${mount}:ro`]),
    ],
  };
}

/** What the metadata service would say, as a seed for cloud-init's NoCloud. Only root may read it. */
function seedArchive(boot: Boot): Promise<Buffer> {
  const archive = pack();
  const metadata = {
    "instance-id": boot.instanceId,
    "local-hostname": boot.hostname,
    "public-keys": boot.publicKeys,
  };
  archive.entry({ name: `${SEED}/`, type: "directory", mode: 0o700 });
  // JSON is YAML.
  archive.entry({ name: `${SEED}/meta-data`, mode: 0o600 }, JSON.stringify(metadata));
  archive.entry({ name: `${SEED}/user-data`, mode: 0o600 }, boot.userData);
  archive.finalize();
  return buffer(archive);
}
