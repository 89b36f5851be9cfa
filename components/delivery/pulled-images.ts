import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { LabNode } from "../lab-node";
import { onMachine } from "../on-machine";
import { readProjectFile } from "../project-files";
import type { ClassImages, RegistryTunnel } from "./class-images";

const PULL_SCRIPT = readProjectFile("cloud-init/files/pull-images.sh");

/** Where the class's images are to go. */
export interface PulledImagesArgs {
  /** The node that pulls the images. */
  readonly node: LabNode;
  /** The images, pushed to a registry before. */
  readonly images: ClassImages;
}

/** The class's images on one node, pulled from the registry by digest. */
export class PulledImages extends pulumi.ComponentResource {
  /** What the lesson calls them, once they are there. */
  readonly imageNames: pulumi.Output<string[]>;

  constructor(name: string, { node, images }: PulledImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:PulledImages", name, {}, opts);
    const all = [...images.bases, ...images.lesson];
    const lines = all.map(({ tag, reference }) => pulumi.interpolate`${tag} ${reference}`);
    const pull = new command.local.Command(
      `${node.name}-pulled-images`,
      {
        interpreter: node.sshArguments.apply((words) => [
          "ssh",
          ...tunnelOptions(images.tunnel),
          "-o",
          "SendEnv=LAB_IMAGES",
          "-o",
          "ServerAliveInterval=15",
          ...words,
        ]),
        create: "bash -s",
        stdin: PULL_SCRIPT,
        environment: { LAB_IMAGES: pulumi.all(lines).apply((known) => known.join("\n")) },
        // What the last run printed is nothing to this one, and would go along to the node.
        addPreviousOutputInEnv: false,
      },
      onMachine(node.machine, { parent: this }),
    );
    this.imageNames = pull.stdout.apply(() => images.lesson.map(({ tag }) => tag));
    this.registerOutputs({});
  }
}

/**
 * A registry at this machine's loopback address appears at the node's, for as long as the command runs: Docker trusts
 * it there without TLS, and nothing listens on an address that others can reach. Whoever is root on the node can use it
 * for as long, so the class's own registry is read-only there.
 */
function tunnelOptions(tunnel: RegistryTunnel | undefined): string[] {
  return tunnel === undefined
    ? []
    : ["-o", "ExitOnForwardFailure=yes", "-R", `127.0.0.1:${tunnel.nodePort}:${tunnel.address}`];
}
