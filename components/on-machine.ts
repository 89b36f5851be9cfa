import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "./machines/machine";

/**
 * How long making one resource on a node may take. A base image needs many minutes on a slow line; without a limit a
 * Docker Engine that has stopped answering is waited for without end.
 */
const NODE_TIMEOUT = "30m";

/**
 * Options of every resource that lives on a machine: nobody dials a machine that is gone in order to delete something
 * on it, and a new machine gets the resource again (its inputs alone would not tell that the machine is another one).
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
