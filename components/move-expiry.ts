import type * as pulumi from "@pulumi/pulumi";
import { type NodeCommand, type NodeReach, nodeCommand } from "./node-command";
import { readProjectFile } from "./project-files";

const MOVE_EXPIRY = readProjectFile("cloud-init/files/move-expiry.sh");

/** Tells a running machine its later end (`end`: ISO 8601, UTC). In its user data a new end would make it a new machine. */
export function moveExpiry(
  name: string,
  reach: NodeReach,
  end: string,
  opts: pulumi.CustomResourceOptions,
): NodeCommand {
  const args = { create: "bash -s", stdin: MOVE_EXPIRY, environment: { LAB_END: end } };
  return nodeCommand(name, reach, args, opts);
}
