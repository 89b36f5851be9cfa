import { freePortBlock, type LabClone } from "./lab-clone";

/** A registry that a test runs beside a lab's own; it goes with the lab's containers. */
export interface TestRegistry {
  /** As this machine sees it. */
  readonly address: string;
  /** As containers see it. */
  readonly url: string;
  readonly containerId: string;
}

/** Starts the registry of the image that a lab has built for itself, with settings by environment. */
export async function startRegistry(
  { docker, stack }: LabClone,
  image: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestRegistry> {
  const port = await freePortBlock();
  const container = await docker.createContainer({
    Image: image,
    Labels: { "lab-nodes.stack": stack },
    Env: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    HostConfig: { PortBindings: { "5000/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] } },
  });
  await container.start();
  const { NetworkSettings } = await container.inspect();
  return {
    address: `127.0.0.1:${port}`,
    url: `http://${NetworkSettings.Networks["bridge"]?.IPAddress}:5000`,
    containerId: container.id,
  };
}

/** What a container has written, both streams. */
export async function logsOf({ docker }: LabClone, containerId: string): Promise<string> {
  const logs = await docker.getContainer(containerId).logs({ stdout: true, stderr: true });
  return logs.toString("latin1");
}

/** Names on the Engine that begin so, tags and digests. */
export async function imageNames({ docker }: LabClone, prefix: string): Promise<string[]> {
  const images = await docker.listImages();
  const names = images.flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])]);
  return names.filter((name) => name.startsWith(prefix)).sort();
}
