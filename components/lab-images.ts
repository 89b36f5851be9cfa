import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { FIGLET, HELLO_V1, HELLO_V2, IMAGE_SETS, type ImageBase, type LessonImage } from "../core/image-sets";
import type { LabNode } from "./lab-node";
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

  constructor(name: string, { node, base }: LabImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:LabImages", name, {}, opts);
    const { baseImages, contexts } = IMAGE_SETS[base];
    const environment = {
      LAB_BASE_IMAGES: baseImages.map(({ tag, source }) => `${tag} ${source}`).join("\n"),
      LAB_ARTEFACT_DIRECTORY: node.machine.artefactDirectory ?? "",
    };
    // What is on a node begins with the name of the node.
    const bases = node.runOnceReady(
      `${node.name}-base-images`,
      { create: "bash -s", stdin: BASE_IMAGES_SCRIPT, environment },
      { parent: this },
    );
    const buildImage = ({ suffix, context, imageName }: LessonImage, dependsOn: pulumi.Resource[]) => {
      const path = inputPath(`${contexts}/${context}`);
      const build = { context: path, dockerfile: `${path}/Dockerfile`, platform: node.machine.platform };
      return new docker.Image(
        `${node.name}-${suffix}`,
        { imageName, skipPush: true, build },
        onMachine(node.machine, { parent: this, provider: node.dockerProvider, dependsOn }),
      );
    };
    const figlet = buildImage(FIGLET, [bases]);
    const helloV1 = buildImage(HELLO_V1, [bases]);
    // After v0.1, so that its RUN layer comes from the cache, as in the lesson.
    const helloV2 = buildImage(HELLO_V2, [helloV1]);
    this.imageNames = pulumi.all([figlet, helloV1, helloV2].map((image) => image.imageName));
    this.registerOutputs({});
  }
}
