import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PulumiStack } from "./run";

/** The state backend that Pulumi.yaml comes with. Another one there is the user's own choice. */
export const OWN_BACKEND = "file://./.lab/state?metadata=skip";

/** The same backend for a pulumi that is started in any folder, given the state folder's path. */
export function ownBackendUrl(stateDirectory: string): string {
  return `${pathToFileURL(stateDirectory).href}?metadata=skip`;
}

/** Where our own state folder keeps things of one stack. */
export interface StackFiles {
  /** The state itself. */
  readonly state: string;
  /** Pulumi's copies of earlier states: one file, and two folders. */
  readonly previous: string;
  readonly history: string;
  readonly backups: string;
  /** One file for each pulumi at work on the stack. */
  readonly locks: string;
}

/** A stack's files in the clone's own state folder; undefined where the user has set up another backend. */
export function stackFiles({ environment, directory, name }: PulumiStack): StackFiles | undefined {
  const own = join(directory, ".lab", "state");
  if (environment["PULUMI_BACKEND_URL"] !== ownBackendUrl(own)) {
    return undefined;
  }
  const of = (kind: string, ...names: string[]) => join(own, ".pulumi", kind, ...names);
  return {
    state: of("stacks", "lab-nodes", `${name}.json`),
    previous: of("stacks", "lab-nodes", `${name}.json.bak`),
    history: of("history", "lab-nodes", name),
    backups: of("backups", "lab-nodes", name),
    locks: of("locks", "organization", "lab-nodes", name),
  };
}
