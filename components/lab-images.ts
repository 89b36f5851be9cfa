import { readFileSync } from "node:fs";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { FIGLET, HELLO_V1, HELLO_V2, IMAGE_SETS, type ImageBase, type LessonImage } from "../core/image-sets";
import type { LabNode } from "./lab-node";
import type { NodeCommand } from "./node-command";
import { onMachine } from "./on-machine";

const BASE_IMAGES_SCRIPT = readFileSync("cloud-init/files/base-images.sh", "utf8");

/** The node that builds the lesson's images, and their base images. */
export interface LabImagesArgs {
  readonly node: LabNode;
  readonly base: ImageBase;
}

/** The lesson's three images, built on the node's own Docker Engine. */
export class LabImages extends pulumi.ComponentResource {
  /** Their names in the lesson, once they are built. */
  readonly imageNames: pulumi.Output<string[]>;
  readonly #args: LabImagesArgs;
  readonly #engine: docker.Provider;

  constructor(name: string, args: LabImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:LabImages", `${name}-images`, {}, opts);
    this.#args = args;
    this.#engine = args.node.openEngine();
    const baseImages = this.#baseImages(`${name}-base-images`);
    const figlet = this.#image(name, FIGLET, [baseImages]);
    const helloV1 = this.#image(name, HELLO_V1, [baseImages]);
    // After v0.1, so that its RUN layer comes from the cache, as in the lesson.
    const helloV2 = this.#image(name, HELLO_V2, [helloV1]);
    this.imageNames = pulumi.all([figlet, helloV1, helloV2].map((image) => image.imageName));
    this.registerOutputs({});
  }

  #baseImages(name: string): NodeCommand {
    const { node, base } = this.#args;
    const environment = {
      LAB_BASE_IMAGES: IMAGE_SETS[base].baseImages.map(({ tag, source }) => `${tag} ${source}`).join("\n"),
      LAB_ARTEFACT_DIRECTORY: node.machine.artefactDirectory ?? "",
    };
    return node.runOnceReady(name, { create: "bash -s", stdin: BASE_IMAGES_SCRIPT, environment }, this);
  }

  #image(name: string, image: LessonImage, dependsOn: pulumi.Resource[]): docker.Image {
    const { node, base } = this.#args;
    const path = `${IMAGE_SETS[base].contexts}/${image.context}`;
    return new docker.Image(
      `${name}-${image.suffix}`,
      {
        imageName: image.imageName,
        skipPush: true,
        build: { context: path, dockerfile: `${path}/Dockerfile`, platform: node.machine.platform },
      },
      { ...onMachine(node.machine, this), provider: this.#engine, dependsOn },
    );
  }
}
