import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { LabNode } from "../lab-node";
import { onMachine } from "../node-command";
import { readProjectFile } from "../project-files";
import type { ClassImages, RegistryTunnel } from "./class-images";

const PULL_SCRIPT = readProjectFile("cloud-init/files/pull-images.sh");

/** The node, and the images that it pulls. */
export interface PulledImagesArgs {
  /** The node that pulls the images. */
  readonly node: LabNode;
  /** The images, pushed to a registry before. */
  readonly images: ClassImages;
}

/** The class's images on one node, pulled from the registry by digest. */
export class PulledImages extends pulumi.ComponentResource {
  /** Their names in the lesson, once they are pulled. */
  readonly imageNames: pulumi.Output<string[]>;

  constructor(name: string, { node, images }: PulledImagesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:PulledImages", name, {}, opts);
    const all = [...images.bases, ...images.lesson];
    const lines = all.map(({ tag, reference }) => pulumi.interpolate`${tag} ${reference}`);
    const pull = new command.local.Command(
      `${node.name}-pulled-images`,
      {
        interpreter: node.sshArguments.apply((sshArguments) => [
          "ssh",
          ...tunnelOptions(images.tunnel),
          "-o",
          "SendEnv=LAB_IMAGES",
          "-o",
          "ServerAliveInterval=15",
          ...sshArguments,
        ]),
        create: "bash -s",
        stdin: PULL_SCRIPT,
        environment: { LAB_IMAGES: pulumi.all(lines).apply((known) => known.join("\n")) },
        // The previous run's output would be sent to the node.
        addPreviousOutputInEnv: false,
      },
      onMachine(node.machine, { parent: this }),
    );
    this.imageNames = pull.stdout.apply(() => images.lesson.map(({ tag }) => tag));
    this.registerOutputs({});
  }
}

/**
 * Forwards a registry at this machine's loopback address to the node's while the command runs. Docker trusts it there
 * without TLS, and no other machine can reach it. Root on the node can use it meanwhile, so the class's own registry is
 * read-only on that port.
 */
function tunnelOptions(tunnel: RegistryTunnel | undefined): string[] {
  return tunnel === undefined
    ? []
    : ["-o", "ExitOnForwardFailure=yes", "-R", `127.0.0.1:${tunnel.nodePort}:${tunnel.address}`];
}
