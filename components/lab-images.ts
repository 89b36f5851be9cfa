import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { IMAGE_SETS, type ImageBase } from "./base-images";
import type { LabNode } from "./lab-node";
import { livesOn } from "./lives-on";

const BASE_IMAGES_SCRIPT = readFileSync("cloud-init/files/base-images.sh", "utf8");

/** Where the lesson's images are built, and from what. */
export interface LabImagesArgs {
  readonly node: LabNode;
  readonly base: ImageBase;
}

/** The lesson's three images, built on the node's own Docker Engine. */
export class LabImages extends pulumi.ComponentResource {
  readonly figlet: docker.Image;
  readonly helloV1: docker.Image;
  readonly helloV2: docker.Image;
  readonly #args: LabImagesArgs;

  constructor(name: string, args: LabImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:LabImages", `${name}-images`, {}, opts);
    this.#args = args;
    const baseImages = this.#baseImages(`${name}-base-images`);
    this.figlet = this.#image(`${name}-figlet`, "figlet", "figlet:latest", [baseImages]);
    this.helloV1 = this.#image(`${name}-hello-v0.1`, "hello/v0.1", "hello:v0.1", [baseImages]);
    // After v0.1, so that its RUN layer comes from the cache, as in the lesson.
    this.helloV2 = this.#image(`${name}-hello-v0.2`, "hello/v0.2", "hello:v0.2", [this.helloV1]);
    this.registerOutputs({});
  }

  #baseImages(name: string): command.remote.Command {
    const { node, base } = this.#args;
    return new command.remote.Command(
      name,
      {
        // Only a node that passed its gate has a Docker to give images to.
        connection: node.connectionOnceReady,
        create: "bash -s",
        stdin: BASE_IMAGES_SCRIPT,
        environment: {
          LAB_BASE_IMAGES: IMAGE_SETS[base].baseImages.map(({ tag, source }) => `${tag} ${source}`).join("\n"),
          LAB_ARTEFACT_DIRECTORY: node.machine.artefactDirectory ?? "",
        },
      },
      livesOn(node.machine, this),
    );
  }

  #image(name: string, context: string, imageName: string, dependsOn: pulumi.Resource[]): docker.Image {
    const { node, base } = this.#args;
    const path = `${IMAGE_SETS[base].contexts}/${context}`;
    return new docker.Image(
      name,
      {
        imageName,
        skipPush: true,
        build: { context: path, dockerfile: `${path}/Dockerfile`, platform: node.machine.platform },
      },
      { ...livesOn(node.machine, this), provider: node.engine, dependsOn },
    );
  }
}
