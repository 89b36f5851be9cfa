import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { dockerClient } from "../../../adapters/docker/client";
import { type DockerEngine, readPortHolders, tryToListen } from "../../../adapters/docker/engine";
import type { LabConfig } from "../../../config/schema";
import { mirrorContainerName } from "../../../core/resource-names";
import { createRegistryContainer, type RegistryImageArgs } from "../../delivery/registry-container";

/** The class's own pull-through mirror, on the Docker Engine of its nodes. */
export interface LocalMirror {
  /** The only address that the mirror listens on: that of the Engine's machine in its container network. */
  readonly address: string;
  /** TCP port of the mirror at `address`. */
  readonly port: number;
  /** URL of the mirrored registry. */
  readonly of: string;
}

/** Size at which a mirror deletes its store, because students choose what it fetches onto the Engine's disk. */
const STORE_MEBIBYTES = 20 * 1024;

/** The mirror's URL for the nodes' Docker, which trusts an `http://` mirror without a certificate. */
export function mirrorUrl({ address, port }: LocalMirror): string {
  return `http://${address}:${port}`;
}

/** The mirror that a config requires, and its problems, one line each. */
export async function findLocalMirror(
  { images }: LabConfig,
  engine: DockerEngine,
): Promise<{ readonly mirror: LocalMirror | undefined; readonly problems: readonly string[] }> {
  if (images.mirror !== "class") {
    return { mirror: undefined, problems: [] };
  }
  const address = await bridgeAddress(engine);
  if (address === undefined) {
    const problem = `images.mirror: the Docker Engine at ${engine.host} has no network "bridge" with an address for its machine; set images.mirror to a mirror's URL instead of "class"`;
    return { mirror: undefined, problems: [problem] };
  }
  const mirror = { address, port: images.mirrorPort, of: images.mirrorOf };
  return { mirror, problems: await portProblems(engine, mirror) };
}

const BLOCK = z.object({ Gateway: z.string().optional(), Subnet: z.string().optional() });
const NETWORK = z.object({ IPAM: z.object({ Config: z.array(BLOCK) }) });

/** Address of the Engine's machine in its container network. */
export async function bridgeAddress({ host }: Pick<DockerEngine, "host">): Promise<string | undefined> {
  const network = NETWORK.parse(await dockerClient(host).getNetwork("bridge").inspect());
  return network.IPAM.Config.map(addressIn).find((address) => address?.includes("."));
}

/** Until its daemon is restarted, an Engine does not report the gateway, and uses the first address: https://github.com/moby/moby/issues/26799. */
function addressIn({ Gateway, Subnet }: z.infer<typeof BLOCK>): string | undefined {
  const [, network, last] = /^(\d+\.\d+\.\d+)\.(\d+)\/\d+$/.exec(Subnet ?? "") ?? [];
  return Gateway ?? (network === undefined ? undefined : `${network}.${Number(last) + 1}`);
}

async function portProblems({ host }: DockerEngine, { address, port }: LocalMirror): Promise<string[]> {
  const name = mirrorContainerName(pulumi.getStack());
  const holders = (await readPortHolders(host))(port);
  if (holders.includes(name)) {
    return [];
  }
  const [holder] = holders;
  // Only a local Engine's machine can be checked from here. Docker Desktop's address is not one of this machine, so its
  // ports cannot be checked.
  const isFree =
    holder === undefined && (!host.startsWith("unix://") || (await tryToListen(address, port)) !== "in use");
  const by = holder === undefined ? "" : ` by the container ${holder}`;
  const advice = `set another one: pulumi config set --path images.mirrorPort ${port + 1}`;
  return isFree ? [] : [`images.mirrorPort: port ${port} on ${address} is in use${by}; ${advice}`];
}

/** Creates the mirror. */
export function createMirror(
  name: string,
  { address, port, of }: LocalMirror,
  image: RegistryImageArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const inputs = {
    name: mirrorContainerName(pulumi.getStack()),
    command: ["serve-mirror"],
    envs: [`LAB_MIRROR_MEGABYTES=${STORE_MEBIBYTES}`, `REGISTRY_PROXY_REMOTEURL=${of.replace(/\/$/, "")}`],
    ports: [{ internal: 5000, external: port, ip: address }],
  };
  return createRegistryContainer(name, image, inputs, opts);
}
