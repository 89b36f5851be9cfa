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
import { ofStack } from "../../../core/resource-names";
import { labelledResources } from "../recovery/made-resources";

/** A resource of a lab that still exists when it should not. */
export interface Leftover {
  readonly what: string;
  /** The command that removes it. */
  readonly remove: string;
}

/** Result of looking for leftovers. */
export interface Evidence {
  readonly leftovers: readonly Leftover[];
  /** What was checked, and is gone. */
  readonly proof: string;
  /** What could not be checked, and how to check it manually. */
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

/** Commands that remove a resource from a Docker Engine, by kind. */
const REMOVALS = { container: "rm --force --volumes", volume: "volume rm", network: "network rm" };

/** Everything on a Docker Engine with a stack's label whose id is not `known`. */
export async function findLeftovers(
  host: string,
  stack: string,
  known: ReadonlySet<string> = new Set(),
): Promise<Leftover[]> {
  const [resources, networks] = await Promise.all([
    labelledResources(host, stack),
    dockerClient(host).listNetworks({ filters: ofStack(stack) }),
  ]);
  return [...resources, ...networks.map(({ Id: id, Name: name }) => ({ kind: "network" as const, id, name }))]
    .filter(({ id }) => !known.has(id))
    .map(({ kind, name }) => ({ what: `the ${kind} ${name}`, remove: `docker ${REMOVALS[kind]} ${name}` }));
}

/**
 * Every text in a state, which includes the ids and names of everything that Pulumi will remove. Not all are resources of
 * their own: the disk of an instance is a text in the instance's outputs.
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

/** An image that labs start from. It belongs to no class, and stays so that the next one is made fast. */
export interface KeptImage extends Leftover {
  readonly bytes: number;
}

/** Images that belong to no class: those of nodes and registries, and bakes. */
export async function keptImages(docker: Docker): Promise<KeptImage[]> {
  const images = await docker.listImages();
  return images.flatMap(({ Id, RepoTags, Labels, Size: bytes }) => {
    const names = (RepoTags ?? []).filter(isOurs);
    const half = names.length === 0 && Labels?.[BAKE_LABEL] !== undefined ? [Id] : [];
    return [...names, ...half].map((name) => ({ ...imageLeftover(name), bytes }));
  });
}

/** Names that a class gave images for its registry, except `known` ones. */
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

/** Folders with a class's secrets, unless the state has the resource that wrote the key files: it removes them all. */
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
