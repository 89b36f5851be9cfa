import type * as pulumi from "@pulumi/pulumi";
import type { Machine } from "./machines/machine";

/**
 * Options of every resource that lives on a machine: nobody dials a machine that is gone in order to delete something
 * on it, and a new machine gets the resource again (its inputs alone would not tell that the machine is another one).
 */
export function livesOn(machine: Machine, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, deletedWith: machine.resource, replacementTrigger: machine.id };
}
