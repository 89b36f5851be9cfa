import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { engineArguments } from "../../adapters/docker/client";
import { loopbackAddress } from "../../config/values/registry";
import { FIGLET, HELLO_V1, HELLO_V2, IMAGE_SETS, type ImageBase, type LessonImage } from "../../core/image-sets";
import type { Platform } from "../../core/machine";
import { inputPath, readProjectFile } from "../project-files";
import { createClassRegistry, type RegistryPorts } from "./registry-container";

/** The registry for a class's images: an existing one, or the class's own. */
export type RegistryChoice =
  | { readonly kind: "existing"; readonly name: string }
  | { readonly kind: "own"; readonly ports: RegistryPorts; readonly platform: Platform };

/** How a class's images are built once and delivered through a registry. */
export interface RegistryDelivery {
  /** Address of the operator's Docker Engine, which builds and pushes, e.g. `unix:///var/run/docker.sock`. */
  readonly engineHost: string;
  /** The registry that takes the images. */
  readonly registry: RegistryChoice;
  /** Debian base image, for the registry and for lesson images on Debian. */
  readonly debian: string;
}

/** What a class's images are built from. */
export interface ClassImagesArgs extends RegistryDelivery {
  /** Base images of the lesson: `lesson` or `debian`. */
  readonly base: ImageBase;
  /** Platform of the nodes, not of the Engine. */
  readonly platform: Platform;
}

/** A port of this machine, forwarded to a node's 127.0.0.1 while it pulls. */
export interface RegistryTunnel {
  /** Port on the node, as references to images name it. */
  readonly nodePort: string;
  /** `host:port` on this machine. */
  readonly address: string;
}

/** An image that a node can pull. */
export interface PullableImage {
  /** Its tag on a node. */
  readonly tag: string;
  /** Its name in the registry, with digest. */
  readonly reference: pulumi.Output<string>;
}

/** The lesson's images and their base images, built once on the operator's Engine and pushed to a registry. */
export class ClassImages extends pulumi.ComponentResource {
  /** Base images of the lesson's Dockerfiles. */
  readonly bases: readonly PullableImage[];
  /** The images that the lesson has its students build. */
  readonly lesson: readonly PullableImage[];
  /** Forwards a registry that only this machine can reach to the nodes. Undefined: nodes reach it directly. */
  readonly tunnel: RegistryTunnel | undefined;

  constructor(name: string, args: ClassImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:ClassImages", name, {}, opts);
    const { base, platform } = args;
    const provider = new docker.Provider(`${name}-engine`, engineArguments(args.engineHost), { parent: this });
    const registry = openRegistry(`${name}-registry`, args, { parent: this, provider });
    this.tunnel = registry.tunnel;
    const push = (suffix: string, tag: string, build: DockerBuild, dependsOn: pulumi.Resource[]) =>
      new docker.Image(
        `${name}-${suffix}`,
        {
          imageName: nameInRegistry(registry.address, pulumi.getStack(), tag),
          skipPush: false,
          build: { ...build, platform },
        },
        pulumi.mergeOptions(registry.options, { dependsOn }),
      );
    const pullable = (tag: string, { repoDigest }: docker.Image): PullableImage => {
      const repository = repositoryIn(registry.address, tag);
      return { tag, reference: repoDigest.apply((digest) => `${repository}@${digest.split("@").at(-1)}`) };
    };
    const sources = sourcesOf(args);
    this.bases = [...sources].map(([tag, source]) => {
      // Pushed unchanged: a Dockerfile with only a FROM line.
      const dockerfile = saveDockerfile(`FROM ${source}\n`);
      return pullable(tag, push(tag.replace(":", "-"), tag, { context: dirname(dockerfile), dockerfile }, []));
    });
    const pushLesson = ({ suffix, context: folder, imageName }: LessonImage, dependsOn: pulumi.Resource[]) => {
      const context = `${IMAGE_SETS[base].contexts}/${folder}`;
      const dockerfile = saveDockerfile(withSources(readProjectFile(`${context}/Dockerfile`), sources));
      return push(suffix, imageName, { context: inputPath(context), dockerfile }, dependsOn);
    };
    const figlet = pushLesson(FIGLET, []);
    const helloV1 = pushLesson(HELLO_V1, []);
    // After v0.1, so that its RUN layer comes from the cache, as in the lesson.
    const helloV2 = pushLesson(HELLO_V2, [helloV1]);
    this.lesson = [
      pullable(FIGLET.imageName, figlet),
      pullable(HELLO_V1.imageName, helloV1),
      pullable(HELLO_V2.imageName, helloV2),
    ];
    this.registerOutputs({});
  }
}

/** A build context and its Dockerfile. */
type DockerBuild = Pick<docker.types.input.DockerBuild, "context" | "dockerfile">;

/** Name under which an image is pushed. The stack in it keeps classes with the same registry apart. */
export function nameInRegistry(registry: string, stack: string, imageName: string): string {
  return `${repositoryIn(registry, imageName)}:${stack}-${imageName.split(":")[1]}`;
}

function repositoryIn(registry: string, imageName: string): string {
  return `${registry}/${imageName.split(":")[0]}`;
}

function sourcesOf({ base, debian }: ClassImagesArgs): Sources {
  return new Map(IMAGE_SETS[base].baseImages.map(({ tag, source }) => [tag, base === "debian" ? debian : source]));
}

/** Base images by the lesson's tag: an image by digest, or one that lab has built. */
type Sources = ReadonlyMap<string, string>;

/**
 * Replaces the base image of a lesson's Dockerfile by its source. On the operator's Engine the lesson's tags may be the
 * operator's own images.
 */
export function withSources(dockerfile: string, sources: Sources): string {
  return dockerfile.replace(/^(FROM\s+)(\S+)/gim, (line, from: string, name: string) => {
    const source = sources.get(name.includes(":") ? name : `${name}:latest`);
    return source === undefined ? line : `${from}${source}`;
  });
}

/** Saves a Dockerfile in a folder named by its hash, and returns its path relative to the program. */
export function saveDockerfile(text: string, directory = join(".lab", "dockerfiles")): string {
  const path = join(directory, createHash("sha256").update(text).digest("hex").slice(0, 12), "Dockerfile");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

interface OpenRegistry {
  /** Where to push. */
  readonly address: string;
  readonly tunnel: RegistryTunnel | undefined;
  /** Options of pushed images: a replaced registry is empty, so images are pushed again. */
  readonly options: pulumi.CustomResourceOptions;
}

function openRegistry(
  name: string,
  { registry, debian }: ClassImagesArgs,
  opts: pulumi.CustomResourceOptions,
): OpenRegistry {
  if (registry.kind === "existing") {
    const loopback = loopbackAddress(registry.name);
    const tunnel =
      loopback === undefined
        ? undefined
        : { nodePort: loopback.slice(loopback.lastIndexOf(":") + 1), address: loopback };
    return { address: registry.name, tunnel, options: opts };
  }
  const { ports, platform } = registry;
  const container = createClassRegistry(name, ports, { platform, baseImage: debian }, opts);
  return {
    address: `127.0.0.1:${ports.push}`,
    tunnel: { nodePort: String(ports.push), address: `127.0.0.1:${ports.pull}` },
    options: pulumi.mergeOptions(opts, { replacementTrigger: container.id }),
  };
}
