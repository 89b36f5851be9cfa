import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { pack } from "tar-stream";
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
  files: readonly { readonly path: string; readonly text: string }[] = [],
): Promise<TestRegistry> {
  const port = await freePortBlock();
  const container = await docker.createContainer({
    Image: image,
    Labels: { "lab-nodes.stack": stack },
    Env: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    HostConfig: { PortBindings: { "5000/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] } },
  });
  for (const { path, text } of files) {
    const archive = pack();
    archive.entry({ name: path }, text);
    archive.finalize();
    await container.putArchive(Readable.from(archive), { path: "/" });
  }
  await container.start();
  await answers(`http://127.0.0.1:${port}/v2/`);
  const { NetworkSettings } = await container.inspect();
  return {
    address: `127.0.0.1:${port}`,
    url: `http://${NetworkSettings.Networks["bridge"]?.IPAddress}:5000`,
    containerId: container.id,
  };
}

/** Waits until somebody answers, be it with a refusal: what is pushed before is lost. */
async function answers(url: string): Promise<void> {
  for (let tries = 100; tries > 0; tries--) {
    if (
      // A connection made while the container's network comes up may never be answered.
      await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
        () => true,
        () => false,
      )
    ) {
      return;
    }
    await sleep(100);
  }
  throw new Error(`nobody answers at ${url}`);
}

/** A login that a test registry may ask for: user name and password, and the file by which the registry knows them. */
const LOGIN = { auth: Buffer.from("class:class-secret").toString("base64") };
const HTPASSWD = "class:$2b$05$rpbBt3bFKjaBKakfm2cQuubSRwtVhvhlApf5O0AF47ywYSZKRGHXq";

/** A registry that answers nobody without a login. */
export async function startRegistryWithLogin(lab: LabClone, image: string): Promise<TestRegistry> {
  const path = "/etc/docker/registry/htpasswd";
  const settings = {
    REGISTRY_AUTH: "htpasswd",
    REGISTRY_AUTH_HTPASSWD_REALM: "class",
    REGISTRY_AUTH_HTPASSWD_PATH: path,
  };
  return startRegistry(lab, image, settings, [{ path, text: HTPASSWD }]);
}

/** The docker client's file with that login. */
export function clientFile(address: string): string {
  return JSON.stringify({ auths: { [address]: LOGIN } });
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
