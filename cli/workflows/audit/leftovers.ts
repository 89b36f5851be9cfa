import { dockerClient } from "../../../adapters/docker/client";
import { containerName, ofStack } from "../../../core/resource-names";

/** Something of a lab that is still there when it should not be. */
export interface Leftover {
  readonly what: string;
  /** The command that removes it. */
  readonly remove: string;
}

/** What a look at the place where the machines were came to. */
export interface Evidence {
  readonly leftovers: readonly Leftover[];
  /** What was looked at, and found gone. */
  readonly proof: string;
  /** What could not be looked at, and how to do it manually. */
  readonly unproven?: string;
}

/** Survivors as a list for people. */
export function listLeftovers(leftovers: readonly Leftover[]): string {
  return leftovers.map(({ what }) => `  - ${what}`).join("\n");
}

/** The commands that remove them. */
export function removalHint(leftovers: readonly Leftover[]): string {
  const commands = new Set(leftovers.map(({ remove }) => `    ${remove}`));
  return `Remove it with:\n${[...commands].join("\n")}`;
}

/**
 * What a stack left on a Docker Engine, found by its label: nobody else's things carry it. What is known of otherwise, by
 * its id or name, has not been left.
 */
export async function findLeftovers(
  host: string,
  stack: string,
  known: ReadonlySet<string> = new Set(),
): Promise<Leftover[]> {
  const docker = dockerClient(host);
  const filters = ofStack(stack);
  const [containers, { Volumes }, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
  ]);
  return [
    ...containers
      .filter(({ Id }) => !known.has(Id))
      .map((container) => survivor("container", containerName(container), "rm --force --volumes")),
    ...(Volumes ?? []).filter(({ Name }) => !known.has(Name)).map(({ Name }) => survivor("volume", Name, "volume rm")),
    ...networks.filter(({ Id }) => !known.has(Id)).map(({ Name }) => survivor("network", Name, "network rm")),
  ];
}

function survivor(kind: string, name: string, command: string): Leftover {
  return { what: `the ${kind} ${name}`, remove: `docker ${command} ${name}` };
}
