import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { FIGLET, HELLO_V1, HELLO_V2, IMAGE_SETS, type ImageBase, type LessonImage } from "../core/image-sets";
import type { LabNode } from "./lab-node";
import type { NodeCommand } from "./node-command";
import { onMachine } from "./node-command";
import { inputPath, readProjectFile } from "./project-files";

const BASE_IMAGES_SCRIPT = readProjectFile("cloud-init/files/base-images.sh");

/** The node that builds the lesson's images, and their base images. */
export interface LabImagesArgs {
  /** The node whose Docker Engine builds the images. */
  readonly node: LabNode;
  /** Base images of the lesson: `lesson` or `debian`. */
  readonly base: ImageBase;
}

/** The lesson's three images, built on the node's own Docker Engine. */
export class LabImages extends pulumi.ComponentResource {
  /** Their names in the lesson, once they are built. */
  readonly imageNames: pulumi.Output<string[]>;
  readonly #args: LabImagesArgs;

  constructor(name: string, args: LabImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:LabImages", name, {}, opts);
    this.#args = args;
    // What is on a node begins with the name of the node.
    const node = args.node.name;
    const baseImages = this.#baseImages(`${node}-base-images`);
    const figlet = this.#image(node, FIGLET, [baseImages]);
    const helloV1 = this.#image(node, HELLO_V1, [baseImages]);
    // After v0.1, so that its RUN layer comes from the cache, as in the lesson.
    const helloV2 = this.#image(node, HELLO_V2, [helloV1]);
    this.imageNames = pulumi.all([figlet, helloV1, helloV2].map((image) => image.imageName));
    this.registerOutputs({});
  }

  #baseImages(name: string): NodeCommand {
    const { node, base } = this.#args;
    const environment = {
      LAB_BASE_IMAGES: IMAGE_SETS[base].baseImages.map(({ tag, source }) => `${tag} ${source}`).join("\n"),
      LAB_ARTEFACT_DIRECTORY: node.machine.artefactDirectory ?? "",
    };
    return node.runOnceReady(name, { create: "bash -s", stdin: BASE_IMAGES_SCRIPT, environment }, { parent: this });
  }

  #image(prefix: string, image: LessonImage, dependsOn: pulumi.Resource[]): docker.Image {
    const { node, base } = this.#args;
    const path = inputPath(`${IMAGE_SETS[base].contexts}/${image.context}`);
    return new docker.Image(
      `${prefix}-${image.suffix}`,
      {
        imageName: image.imageName,
        skipPush: true,
        build: { context: path, dockerfile: `${path}/Dockerfile`, platform: node.machine.platform },
      },
      onMachine(node.machine, { parent: this, provider: node.dockerProvider, dependsOn }),
    );
  }
}
