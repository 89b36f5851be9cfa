import * as pulumi from "@pulumi/pulumi";
import { BASE_IMAGE, ownRelease } from "../../adapters/docker/base-image";
import { type DockerEngine, isPortFree, readPortHolders } from "../../adapters/docker/engine";
import type { LabConfig } from "../../config/schema";
import { registryContainerName } from "../../core/resource-names";
import { operatorEngine } from "../machines/local/open";
import { requireNoLogins } from "../require-no-logins";
import { configError } from "../run-error";
import type { RegistryDelivery } from "./class-images";
import type { RegistryPorts } from "./registry-container";

/**
 * How images are delivered to the nodes; undefined if every node builds its own. Throws one `RunError` with all problems,
 * before any resource is created.
 */
export async function openDelivery(config: LabConfig): Promise<RegistryDelivery | undefined> {
  const { delivery, registry, registryPort, registryPullPort } = config.images;
  if (delivery === "build") {
    await requireNoLogins(process.env);
    return undefined;
  }
  const engine = await operatorEngine(config, (host, reason) => [
    `images.delivery: the Docker Engine at ${host}, which builds the images, cannot be used: ${reason}.`,
    "Start it, or let every node build its own images: pulumi config set --path images.delivery build",
  ]);
  const common = { engineHost: engine.host, debian: debianOf(config) };
  if (registry !== undefined) {
    return { ...common, registry: { kind: "existing", name: registry } };
  }
  const ports: RegistryPorts = { push: registryPort, pull: registryPullPort };
  const problems = await ownRegistryProblems(engine, ports, pulumi.getStack());
  if (problems.length > 0) {
    throw configError(problems);
  }
  return { ...common, registry: { kind: "own", ports, platform: engine.platform } };
}

/** What the lesson's images on Debian are built on: machines of another release that `lab` created do not change it. */
function debianOf({ local }: LabConfig): string {
  return ownRelease(local.baseImage) === undefined ? local.baseImage : BASE_IMAGE;
}

/**
 * Problems of a stack's own registry. Nodes reach it through this machine's loopback address, so it needs this machine's
 * Engine.
 */
export async function ownRegistryProblems(
  engine: Pick<DockerEngine, "host">,
  ports: RegistryPorts,
  stack: string,
): Promise<string[]> {
  if (!engine.host.startsWith("unix://")) {
    return [
      `images.registry: must be set for the Docker Engine at ${engine.host}: the class's own registry needs an Engine on this machine (unix://)`,
    ];
  }
  const name = registryContainerName(stack);
  const holders = await readPortHolders(engine.host);
  const wanted = { "images.registryPort": ports.push, "images.registryPullPort": ports.pull };
  const problems = await Promise.all(
    Object.entries(wanted).map(async ([setting, port]) =>
      holders(port).includes(name) || (await isPortFree(port))
        ? []
        : [
            `${setting}: port ${port} on 127.0.0.1 is in use; set another one: pulumi config set --path ${setting} ${port + 1}`,
          ],
    ),
  );
  return problems.flat();
}
