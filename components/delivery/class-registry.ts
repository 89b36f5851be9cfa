import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { registryContainerName, registryNetworkName, STACK_LABEL } from "../../core/resource-names";
import { createRegistryImage, type RegistryImageArgs } from "./registry-image";

/** Ports of a class's own registry on this machine's 127.0.0.1. */
export interface RegistryPorts {
  /** Accepts pushes, only from the operator's Docker Engine. */
  readonly push: number;
  /** Read-only: for nodes. */
  readonly pull: number;
}

/** Inputs of a class's own registry. */
export interface ClassRegistryArgs extends RegistryImageArgs {
  /** Ports of the registry on 127.0.0.1; both must be free. */
  readonly ports: RegistryPorts;
}

/**
 * The class's own registry, on the operator's Engine and published on 127.0.0.1 only. Its images are deleted with its
 * container. It has a separate network, because on the default bridge every node could push to it without a login.
 */
export function createClassRegistry(
  name: string,
  { ports, ...imageArgs }: ClassRegistryArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const stack = pulumi.getStack();
  const labels = [{ label: STACK_LABEL, value: stack }];
  const image = createRegistryImage(`${name}-image`, imageArgs, opts);
  const network = new docker.Network(
    `${name}-network`,
    { name: registryNetworkName(stack), labels },
    pulumi.mergeOptions(opts, { deleteBeforeReplace: true }),
  );
  return new docker.Container(
    name,
    {
      name: registryContainerName(stack),
      image: image.name,
      command: ["serve-class"],
      labels,
      networkMode: network.name,
      ports: [
        { internal: 5000, external: ports.push, ip: "127.0.0.1" },
        { internal: 5001, external: ports.pull, ip: "127.0.0.1" },
      ],
      restart: "unless-stopped",
      mustRun: true,
      wait: true,
    },
    pulumi.mergeOptions(opts, { dependsOn: [image.resource, network], deleteBeforeReplace: true }),
  );
}
