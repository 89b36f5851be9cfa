import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { contextImageName } from "../../adapters/files/node-image";
import type { Platform } from "../../core/machine";
import { registryContainerName, registryNetworkName, STACK_LABEL } from "../../core/resource-names";
import { inputPath, projectFile } from "../project-files";

const CONTEXT = "images/registry";

/** Inputs of the image for a class's own registry or mirror. */
export interface RegistryImageArgs {
  /** Base image: that of the local machines. */
  readonly baseImage: string;
  /** Platform of the Engine. */
  readonly platform: Platform;
}

/** Inputs of the container that differ between a registry and a mirror. */
type ContainerInputs = Pick<docker.ContainerArgs, "name" | "command" | "ports" | "envs" | "networkMode">;

/**
 * Creates a container with the distribution registry, and its image, which is named by the hash of its inputs. Its store is
 * deleted with it.
 */
export function createRegistryContainer(
  name: string,
  { baseImage, platform }: RegistryImageArgs,
  inputs: ContainerInputs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const imageName = contextImageName("registry", baseImage, projectFile(CONTEXT));
  const context = inputPath(CONTEXT);
  const build = { context, dockerfile: `${context}/Dockerfile`, platform, args: { BASE: baseImage } };
  const image = new docker.Image(`${name}-image`, { imageName, skipPush: true, build }, opts);
  return new docker.Container(
    name,
    { ...inputs, image: imageName, labels: stackLabels(), restart: "unless-stopped", mustRun: true, wait: true },
    pulumi.mergeOptions(opts, { dependsOn: [image], deleteBeforeReplace: true }),
  );
}

/** Ports of a class's own registry on this machine's 127.0.0.1. */
export interface RegistryPorts {
  /** Accepts pushes, only from the operator's Docker Engine. */
  readonly push: number;
  /** Read-only: for nodes. */
  readonly pull: number;
}

/**
 * The class's own registry, on the operator's Engine and published on 127.0.0.1 only. It has a separate network, because on
 * the default bridge every node could push to it without a login.
 */
export function createClassRegistry(
  name: string,
  { push, pull }: RegistryPorts,
  image: RegistryImageArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const stack = pulumi.getStack();
  const network = new docker.Network(
    `${name}-network`,
    { name: registryNetworkName(stack), labels: stackLabels() },
    pulumi.mergeOptions(opts, { deleteBeforeReplace: true }),
  );
  const inputs = {
    name: registryContainerName(stack),
    command: ["serve-class"],
    networkMode: network.name,
    ports: [
      { internal: 5000, external: push, ip: "127.0.0.1" },
      { internal: 5001, external: pull, ip: "127.0.0.1" },
    ],
  };
  return createRegistryContainer(name, image, inputs, opts);
}

function stackLabels() {
  return [{ label: STACK_LABEL, value: pulumi.getStack() }];
}
