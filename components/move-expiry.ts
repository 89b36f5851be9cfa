import type * as pulumi from "@pulumi/pulumi";
import { type NodeCommand, type NodeReach, nodeCommand } from "./node-command";
import { readProjectFile } from "./project-files";

const MOVE_EXPIRY = readProjectFile("cloud-init/files/move-expiry.sh");

/** Moves the end of a running machine (`end`: ISO 8601, UTC). Changed user data would replace the machine. */
export function moveExpiry(
  name: string,
  reach: NodeReach,
  end: string,
  opts: pulumi.CustomResourceOptions,
): NodeCommand {
  const args = { create: "bash -s", stdin: MOVE_EXPIRY, environment: { LAB_END: end } };
  return nodeCommand(name, reach, args, opts);
}
