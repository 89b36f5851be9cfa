import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { registryContainerName, STACK_LABEL } from "../machines/labels";
import { createRegistryImage, type RegistryImageArgs } from "./registry-image";

/** What a class's own registry is made of. */
export interface ClassRegistryArgs extends RegistryImageArgs {
  /** Its port on 127.0.0.1. */
  readonly port: number;
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
  const image = createRegistryImage(`${name}-image`, args, opts);
  return new docker.Container(
    name,
    {
      name: registryContainerName(pulumi.getStack()),
      image: image.name,
      labels: [{ label: STACK_LABEL, value: pulumi.getStack() }],
      ports: [{ internal: 5000, external: args.port, ip: "127.0.0.1" }],
      restart: "unless-stopped",
      mustRun: true,
      wait: true,
    },
    { ...opts, dependsOn: [image.resource], deleteBeforeReplace: true },
  );
}
