import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { engineArguments } from "../../adapters/docker/client";
import { loopbackAddress } from "../../config/values/registry";
import { FIGLET, HELLO_V1, HELLO_V2, IMAGE_SETS, type ImageBase, type LessonImage } from "../../core/image-sets";
import type { Platform } from "../../core/machine";
import { createClassRegistry, type RegistryPorts } from "./class-registry";
import { keepDockerfile, type Sources, withSources } from "./sources";

/** Which registry a class's images go through: one that is there, or one of the class's own. */
export type RegistryChoice =
  | { readonly kind: "existing"; readonly name: string }
  | { readonly kind: "own"; readonly ports: RegistryPorts; readonly platform: Platform };

/** How a class's images are built once and delivered through a registry. */
export interface RegistryDelivery {
  /** Address of the operator's Docker Engine, which builds and pushes. */
  readonly engineHost: string;
  readonly registry: RegistryChoice;
  /** What local machines are built on: Debian, for the registry and for images on Debian. */
  readonly debian: string;
}

/** What a class's images are built from. */
export interface ClassImagesArgs extends RegistryDelivery {
  readonly base: ImageBase;
  /** The nodes', never the Engine's. */
  readonly platform: Platform;
}

/** A port of this machine that a node sees at its own 127.0.0.1 while it pulls. */
export interface RegistryTunnel {
  /** Port on the node, as references to images name it. */
  readonly nodePort: string;
  /** `host:port` on this machine. */
  readonly address: string;
}

/** An image that a node can pull. */
export interface PullableImage {
  /** What it is called on a node. */
  readonly tag: string;
  /** What it is called in the registry, by digest. */
  readonly reference: pulumi.Output<string>;
}

/** The lesson's images and those that they start from, built once on the operator's Engine and pushed to a registry. */
export class ClassImages extends pulumi.ComponentResource {
  /** What the lesson's Dockerfiles start from. */
  readonly bases: readonly PullableImage[];
  /** The images that the lesson has its students build. */
  readonly lesson: readonly PullableImage[];
  /** How a registry that only this machine can see is brought to the nodes. Undefined: they reach it themselves. */
  readonly tunnel: RegistryTunnel | undefined;
  readonly #args: ClassImagesArgs;
  readonly #registry: string;
  readonly #options: pulumi.CustomResourceOptions;

  constructor(name: string, args: ClassImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:ClassImages", name, {}, opts);
    this.#args = args;
    const provider = new docker.Provider(`${name}-engine`, engineArguments(args.engineHost), { parent: this });
    const { address, tunnel, options } = openRegistry(`${name}-registry`, args, { parent: this, provider });
    this.#registry = address;
    this.#options = options;
    this.tunnel = tunnel;
    const sources = sourcesOf(args);
    this.bases = [...sources].map(([tag, source]) => this.#baseImage(name, tag, source));
    const figlet = this.#lessonImage(name, FIGLET, sources, []);
    const helloV1 = this.#lessonImage(name, HELLO_V1, sources, []);
    // After v0.1, so that its RUN layer comes from the cache, as in the lesson.
    const helloV2 = this.#lessonImage(name, HELLO_V2, sources, [helloV1.resource]);
    this.lesson = [figlet, helloV1, helloV2].map(({ pullable }) => pullable);
    this.registerOutputs({});
  }

  /** A base image goes along as it is: an image of its own that adds nothing. */
  #baseImage(name: string, tag: string, source: string): PullableImage {
    const dockerfile = keepDockerfile(`FROM ${source}\n`);
    const resource = this.#image(`${name}-${tag.replace(":", "-")}`, tag, dirname(dockerfile), dockerfile, []);
    return this.#pullable(tag, resource);
  }

  #lessonImage(name: string, image: LessonImage, sources: Sources, dependsOn: pulumi.Resource[]) {
    const context = `${IMAGE_SETS[this.#args.base].contexts}/${image.context}`;
    const dockerfile = keepDockerfile(withSources(readFileSync(`${context}/Dockerfile`, "utf8"), sources));
    const resource = this.#image(`${name}-${image.suffix}`, image.imageName, context, dockerfile, dependsOn);
    return { resource, pullable: this.#pullable(image.imageName, resource) };
  }

  #image(name: string, tag: string, context: string, dockerfile: string, dependsOn: pulumi.Resource[]): docker.Image {
    return new docker.Image(
      name,
      {
        imageName: nameInRegistry(this.#registry, pulumi.getStack(), tag),
        skipPush: false,
        build: { context, dockerfile, platform: this.#args.platform },
      },
      { ...this.#options, dependsOn },
    );
  }

  #pullable(tag: string, image: docker.Image): PullableImage {
    const repository = repositoryIn(this.#registry, tag);
    return { tag, reference: image.repoDigest.apply((digest) => `${repository}@${digest.split("@").at(-1)}`) };
  }
}

/** Name by which an image is pushed. Classes that share a registry do not take each other's tags away. */
export function nameInRegistry(registry: string, stack: string, imageName: string): string {
  return `${repositoryIn(registry, imageName)}:${stack}-${imageName.split(":")[1]}`;
}

function repositoryIn(registry: string, imageName: string): string {
  return `${registry}/${imageName.split(":")[0]}`;
}

function sourcesOf({ base, debian }: ClassImagesArgs): Sources {
  return new Map(IMAGE_SETS[base].baseImages.map(({ tag, source }) => [tag, base === "debian" ? debian : source]));
}

interface OpenRegistry {
  /** Where to push. */
  readonly address: string;
  readonly tunnel: RegistryTunnel | undefined;
  /** Options of all that is pushed there: a new registry of our own is empty, and gets it again. */
  readonly options: pulumi.CustomResourceOptions;
}

function openRegistry(
  name: string,
  { registry, debian }: ClassImagesArgs,
  opts: pulumi.CustomResourceOptions,
): OpenRegistry {
  if (registry.kind === "existing") {
    const loopback = loopbackAddress(registry.name);
    const tunnel = loopback === undefined ? undefined : { nodePort: portOf(loopback), address: loopback };
    return { address: registry.name, tunnel, options: opts };
  }
  const { ports, platform } = registry;
  const container = createClassRegistry(name, { ports, platform, baseImage: debian }, opts);
  return {
    address: `127.0.0.1:${ports.push}`,
    tunnel: { nodePort: String(ports.push), address: `127.0.0.1:${ports.pull}` },
    options: { ...opts, replacementTrigger: container.id },
  };
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(":") + 1);
}
