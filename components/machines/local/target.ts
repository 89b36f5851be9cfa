import { createHash } from "node:crypto";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { engineArguments } from "../../../adapters/docker/client";
import type { DockerEngine } from "../../../adapters/docker/engine";
import {
  NODE_IMAGE_CONTEXT,
  nodeImageArguments,
  nodeImageName,
  USER_DATA_VARIABLE,
} from "../../../adapters/files/node-image";
import type { Expiry } from "../../../config/expiry";
import { containerRecipe, serviceRecipe } from "../../../core/container-recipe";
import type { MachineKind, SshEndpoint } from "../../../core/machine";
import { nodeContainerName, SEAT_LABEL, STACK_LABEL } from "../../../core/resource-names";
import { inputPath, projectFile } from "../../project-files";
import type { ClassArgs, Machine, MachineArgs, MachineFactory, Target } from "../machine";
import { ARTEFACT_DIRECTORY, localMachineKind } from "./machine-kind";
import { createMirror, type LocalMirror, mirrorUrl } from "./mirror";

const HOST_KEY = "/etc/ssh/ssh_host_ed25519_key";
const METADATA = "/var/lib/cloud/seed/nocloud/meta-data";
const LOOPBACK = "127.0.0.1";

/** Settings of one Engine among several. */
export interface AmongHosts {
  /** Arguments of its docker.Provider, except the address. */
  readonly provider: docker.ProviderArgs;
  /** Address of the host on which seats publish SSH. */
  readonly publishAt: string;
  /** Differences to the SSH endpoint of a local machine. */
  readonly endpoint: Partial<SshEndpoint>;
  /** Volume with the artefacts; undefined if the folder itself can be mounted. */
  readonly artefactVolume: string | undefined;
  /** Inputs of machines that are unknown now, and so must not change. */
  readonly ignoredInputs: readonly string[];
}

/** Settings of the local target. */
export interface LocalTargetArgs {
  /** The operator's Docker Engine. */
  readonly engine: DockerEngine;
  /** Image that the node image is built from. */
  readonly baseImage: string;
  /** Address on which machines publish SSH. Undefined: 127.0.0.1, which other machines of the class cannot reach. */
  readonly sshAddress?: string | undefined;
  /** SSH port of the first machine; each further one takes the next. */
  readonly sshPort: number;
  /** Folder on the Engine's machine with base images and Trivy, mounted read-only. Undefined: none. */
  readonly artefactDirectory: string | undefined;
  /** When machines end by themselves. Undefined: never. */
  readonly expiry: Expiry | undefined;
  /** Bake that machines are created from instead of the node image. Undefined: none. */
  readonly bake: string | undefined;
  /** The class's own mirror. Undefined: none. */
  readonly mirror?: LocalMirror | undefined;
  /** Set for an Engine among several. */
  readonly among?: AmongHosts;
}

/** Machines as system containers on one Docker Engine. */
export class LocalTarget implements Target {
  /** Platform and artefact folder of all machines. */
  readonly machines: MachineKind;
  /** URL of the class's own mirror, e.g. `http://172.17.0.1:5002`. Undefined: none. */
  readonly mirror: string | undefined;

  constructor(private readonly args: LocalTargetArgs) {
    this.mirror = args.mirror && mirrorUrl(args.mirror);
    this.machines = localMachineKind(args.engine, args.artefactDirectory);
  }

  /** Creates the provider of the Docker Engine, the node image, and the volume and mirror that the settings ask for. */
  prepare(name: string, _args: ClassArgs, opts: pulumi.CustomResourceOptions): MachineFactory {
    const { engine, baseImage, among, bake, mirror } = this.args;
    const atEngine = { ...engineArguments(engine.host), ...among?.provider };
    const provider = new docker.Provider(`${name}-engine`, atEngine, opts);
    const onEngine = pulumi.mergeOptions(opts, { provider });
    const needed = [
      ...(bake === undefined ? [createNodeImage(`${name}-node-image`, this.args, onEngine)] : []),
      ...createArtefactVolume(`${name}-artefacts`, this.args, onEngine),
      ...(mirror === undefined
        ? []
        : [createMirror(`${name}-mirror`, mirror, { baseImage, platform: engine.platform }, onEngine)]),
    ];
    return {
      hostKeyBy: "target",
      create: (machineName, machineArgs, machineOpts) =>
        createMachine(
          machineName,
          this.args,
          machineArgs,
          pulumi.mergeOptions(machineOpts, { provider, dependsOn: needed }),
        ),
    };
  }
}

function createNodeImage(name: string, args: LocalTargetArgs, opts: pulumi.CustomResourceOptions): docker.Image {
  const context = inputPath(NODE_IMAGE_CONTEXT);
  const { platform } = args.engine;
  const build = {
    context,
    dockerfile: `${context}/Dockerfile`,
    platform,
    args: { ...nodeImageArguments(args.baseImage) },
  };
  const imageName = nodeImageName(args.baseImage, projectFile(NODE_IMAGE_CONTEXT));
  return new docker.Image(name, { imageName, skipPush: true, build }, opts);
}

function createMachine(
  name: string,
  target: LocalTargetArgs,
  args: MachineArgs,
  opts: pulumi.CustomResourceOptions,
): Machine {
  const physicalName = nodeContainerName(pulumi.getStack(), name);
  const labels = [
    { label: SEAT_LABEL, value: args.slot },
    { label: STACK_LABEL, value: pulumi.getStack() },
  ];
  const metadata = `instance-id: ${physicalName}\nlocal-hostname: ${args.hostname}\n`;
  const image = machineImage(target);
  // Docker's state cannot be on the container's overlay file system. A new machine, whose inputs differ, gets an empty volume.
  const fingerprint = args.userData.apply((userData) =>
    createHash("sha256").update(`${image}\n${userData}`).digest("hex"),
  );
  const dockerData = new docker.Volume(
    `${name}-docker-data`,
    { name: `${physicalName}-docker-data`, labels },
    pulumi.mergeOptions(opts, { replacementTrigger: fingerprint, deleteBeforeReplace: true }),
  );
  // Only the portal's machine has a service; it needs neither Docker nor artefacts.
  const isNode = args.service === undefined;
  const nodeRecipe = containerRecipe(target.engine);
  const recipe = isNode ? nodeRecipe : serviceRecipe(nodeRecipe);
  const container = new docker.Container(
    name,
    {
      ...(recipe.command && { command: [...recipe.command] }),
      capabilities: { adds: [...recipe.capabilities] },
      securityOpts: [...recipe.securityOptions],
      tmpfs: { ...recipe.tmpfs },
      cgroupnsMode: recipe.cgroupNamespace,
      name: physicalName,
      image,
      hostname: args.hostname,
      labels,
      ports: publishedPorts(target, args),
      // Not in the list with the host key: a list with a secret is secret, and user data is large (docs/adr/0017).
      envs: [pulumi.interpolate`${USER_DATA_VARIABLE}=${args.userData}`],
      uploads: [
        // The NoCloud seed's metadata; images/node/start-init writes the user data next to it.
        { file: METADATA, content: metadata, permissions: "0600" },
        { file: HOST_KEY, content: args.hostKey, permissions: "0600" },
      ],
      volumes: [
        ...recipe.bindMounts,
        { volumeName: dockerData.name, containerPath: "/var/lib/docker" },
        ...(isNode ? artefactVolumes(target) : []),
      ],
      // An expired machine shuts itself down, and must not be restarted.
      restart: target.expiry === undefined ? "unless-stopped" : "no",
      mustRun: true,
      wait: false,
    },
    pulumi.mergeOptions(opts, { deleteBeforeReplace: true, ignoreChanges: [...(target.among?.ignoredInputs ?? [])] }),
  );
  const endpoint: SshEndpoint = {
    host: target.sshAddress ?? LOOPBACK,
    port: target.sshPort + args.index,
    user: "root",
    ...target.among?.endpoint,
  };
  return {
    resource: container,
    id: container.id,
    // The address is known in advance, but valid only once the container exists.
    ssh: container.id.apply(() => endpoint),
    through: endpoint.through,
    ...localMachineKind(target.engine, target.artefactDirectory),
  };
}

/** Sorted by internal port, as the Engine returns them. An internal port must not be published twice: docs/adr/0027. */
function publishedPorts({ sshPort, sshAddress, among }: LocalTargetArgs, { index, service }: MachineArgs) {
  const ssh = { internal: 22, external: sshPort + index, ip: among?.publishAt ?? sshAddress ?? LOOPBACK };
  return service === undefined
    ? [ssh]
    : [ssh, { internal: service.port, external: service.publishedAs, ip: "0.0.0.0" }];
}

/** The image that machines are created from: the bake, else the node image. */
function machineImage({ baseImage, bake }: LocalTargetArgs): string {
  return bake ?? nodeImageName(baseImage, projectFile(NODE_IMAGE_CONTEXT));
}

/** The volume with artefacts that `lab` has created and filled; it is deleted with the class. */
function createArtefactVolume(
  name: string,
  { artefactDirectory, among }: LocalTargetArgs,
  opts: pulumi.CustomResourceOptions,
): docker.Volume[] {
  const volume = artefactDirectory === undefined ? undefined : among?.artefactVolume;
  const labels = [{ label: STACK_LABEL, value: pulumi.getStack() }];
  return volume === undefined ? [] : [new docker.Volume(name, { name: volume, labels }, opts)];
}

function artefactVolumes({ artefactDirectory, among }: LocalTargetArgs) {
  const volumeName = among?.artefactVolume;
  const source = volumeName === undefined ? { hostPath: artefactDirectory } : { volumeName };
  return artefactDirectory === undefined ? [] : [{ ...source, containerPath: ARTEFACT_DIRECTORY, readOnly: true }];
}
