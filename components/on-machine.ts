import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "./machines/machine";

/**
 * Time limit for creating one resource on a node. A base image needs many minutes on a slow connection; without a limit,
 * Pulumi waits forever for an unresponsive Docker Engine.
 */
const NODE_TIMEOUT = "30m";

/**
 * Options of every resource on a machine: it is deleted with its machine, without connecting to it, and created again on a
 * new machine, which its inputs alone would not cause.
 */
export function onMachine(machine: Machine, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions(
    {
      deletedWith: machine.resource,
      replacementTrigger: machine.id,
      customTimeouts: { create: NODE_TIMEOUT, update: NODE_TIMEOUT },
    },
    opts,
  );
}
