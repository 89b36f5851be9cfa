import { existsSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { dockerClient } from "../../../adapters/docker/client";
import { pushedNames } from "../../../adapters/docker/node-images";
import { OWN_REPOSITORIES } from "../../../adapters/files/node-image";
import { cardsDirectory, portalDirectory, sshDirectory } from "../../../adapters/ssh/options";
import { BAKE_LABEL, BAKE_REPOSITORY } from "../../../components/machines/local/bakes";
import type { RawConfig } from "../../../config/settings";
import type { StateResource } from "../../../core/class-state/state-resource";
import { shellQuote } from "../../../core/quoting";
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

/** Leftovers as a list for people. */
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
      .map((container) => leftover("container", containerName(container), "rm --force --volumes")),
    ...(Volumes ?? []).filter(({ Name }) => !known.has(Name)).map(({ Name }) => leftover("volume", Name, "volume rm")),
    ...networks.filter(({ Id }) => !known.has(Id)).map(({ Name }) => leftover("network", Name, "network rm")),
  ];
}

function leftover(kind: string, name: string, command: string): Leftover {
  return { what: `the ${kind} ${name}`, remove: `docker ${command} ${name}` };
}

/**
 * Every text in a state: ids and names of all that Pulumi knows of, and will take down. Things at large are looked up among
 * them, for only some are resources of their own: the disk of an instance is a text of the instance's.
 */
export function textsIn(resources: readonly StateResource[]): Set<string> {
  const texts = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === "string") {
      texts.add(value);
    } else if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(add);
    }
  };
  for (const { id, inputs, outputs } of resources) {
    add([id, inputs, outputs]);
  }
  return texts;
}

/** An image that labs start from. It is no class's own: it stays, so that the next one is made fast. */
export interface KeptImage extends Leftover {
  readonly bytes: number;
}

/** Images that classes were made from and none is the owner of: those of nodes and registries, and bakes. */
export async function keptImages(docker: Docker): Promise<KeptImage[]> {
  const images = await docker.listImages();
  return images.flatMap(({ Id, RepoTags, Labels, Size: bytes }) => {
    const names = (RepoTags ?? []).filter(isOurs);
    const half = names.length === 0 && Labels?.[BAKE_LABEL] !== undefined ? [Id] : [];
    return [...names, ...half].map((name) => ({ ...imageLeftover(name), bytes }));
  });
}

/** Names that a class gave images for its registry and that are still there, beside what is known of. */
export async function imageLeftovers(
  docker: Docker,
  { stack, settings, known }: { stack: string; settings: RawConfig; known: ReadonlySet<string> },
): Promise<Leftover[]> {
  const namesIn = pushedNames(stack, settings);
  return namesIn === undefined
    ? []
    : (await docker.listImages())
        .flatMap(namesIn)
        .filter((name) => !known.has(name))
        .map(imageLeftover);
}

function isOurs(name: string): boolean {
  return name.startsWith(OWN_REPOSITORIES) || name.startsWith(`${BAKE_REPOSITORY}:`);
}

function imageLeftover(name: string): Leftover {
  return { what: `the image ${name}`, remove: `docker image rm ${name}` };
}

/**
 * Folders with a class's secrets that are there although nothing known of is to take them away. What writes the key files
 * removes them all.
 */
export function secretLeftovers(programDirectory: string, stack: string, known: ReadonlySet<string>): Leftover[] {
  if (known.has(sshDirectory(stack))) {
    return [];
  }
  const secrets = {
    "key folder": sshDirectory(stack),
    "folder of cards": cardsDirectory(stack),
    "portal's folder": portalDirectory(stack),
  };
  return Object.entries(secrets)
    .filter(([, folder]) => existsSync(join(programDirectory, folder)))
    .map(([what, folder]) => ({ what: `the ${what} ${folder}`, remove: `rm -r ${shellQuote(folder)}` }));
}
