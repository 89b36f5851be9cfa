import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { registryContainerName, STACK_LABEL } from "../machines/labels";
import type { Platform } from "../machines/machine";
import { contextImageName } from "../machines/node-image";

const CONTEXT = "images/registry";

/** What a class's own registry is made of. */
export interface ClassRegistryArgs {
  /** Image that it is built from: that of the local machines. */
  readonly baseImage: string;
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** The Engine's. */
  readonly platform: Platform;
}

/**
 * A registry of the class's own, on the operator's Engine and for this machine alone. What is in it goes with its
 * container: a new one is filled again.
 */
export function createClassRegistry(
  name: string,
  args: ClassRegistryArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const imageName = contextImageName("registry", args.baseImage, CONTEXT);
  const image = new docker.Image(
    `${name}-image`,
    {
      imageName,
      skipPush: true,
      build: {
        context: CONTEXT,
        dockerfile: `${CONTEXT}/Dockerfile`,
        platform: args.platform,
        args: { BASE: args.baseImage },
      },
    },
    opts,
  );
  return new docker.Container(
    name,
    {
      name: registryContainerName(pulumi.getStack()),
      image: imageName,
      labels: [{ label: STACK_LABEL, value: pulumi.getStack() }],
      ports: [{ internal: 5000, external: args.port, ip: "127.0.0.1" }],
      restart: "unless-stopped",
      mustRun: true,
      wait: true,
    },
    { ...opts, dependsOn: [image], deleteBeforeReplace: true },
  );
}
