import { join } from "node:path";
import { ownBackendUrl, type StackFiles, stackFiles } from "../../adapters/pulumi/environment";
import type { PulumiStack } from "../../adapters/pulumi/run";
import type { LabClone } from "./lab-clone";

/** A clone's stack, as far as its files go: it cannot be worked on. */
export function stackOf({ directory, stack }: LabClone): PulumiStack {
  const backend = ownBackendUrl(join(directory, ".lab", "state"));
  return { name: stack, directory, command: "/no/such/pulumi", environment: { PULUMI_BACKEND_URL: backend } };
}

/** Where a clone's state and Pulumi's copies of it are. */
export function stateFilesOf(lab: LabClone): StackFiles {
  const files = stackFiles(stackOf(lab));
  if (files === undefined) {
    throw new Error("a clone has its state in its own folder");
  }
  return files;
}
