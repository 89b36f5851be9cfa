import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MachineKind } from "../../../core/machine";
import type { ClassArgs, Machine, MachineArgs, MachineFactory, Target } from "../machine";
import { createNetwork, type Network, type NetworkArgs } from "./network";
import { type ClassTags, nameInClass } from "./tags";
import { checkedUserData } from "./user-data";

const SPOT = {
  instanceMarketOptions: {
    marketType: "spot",
    spotOptions: { spotInstanceType: "one-time", instanceInterruptionBehavior: "terminate" },
  },
};

/** Settings of the AWS target. */
export interface AwsTargetArgs {
  /** Region and account. */
  readonly provider: aws.Provider;
  /** Network of the class; it gets the tags of the target. */
  readonly network: Omit<NetworkArgs, "tags">;
  /** What all machines have in common. */
  readonly instance: InstanceArgs;
  /** Tags of each resource of the class. */
  readonly tags: ClassTags;
}

/** Inputs of every machine. The platform is the instance type's; artefacts come with the machine image. */
export interface InstanceArgs extends MachineKind {
  /** EC2 instance type, e.g. `t3.medium`. */
  readonly instanceType: string;
  /** ID of the machine image. */
  readonly ami: string;
  /** Whether a changed image replaces existing machines. */
  readonly oldMachines: "stay" | "replaced";
  /** Size of the root volume in GiB. */
  readonly rootGigabytes: number;
  /** How instances are bought. A spot instance is not started again after an interruption. */
  readonly market: "on-demand" | "spot";
}

/** Machines as EC2 instances, in the class's own network or in an existing subnet. */
export class AwsTarget implements Target {
  /** Platform and artefact folder of all machines. */
  readonly machines: MachineKind;

  constructor(private readonly args: AwsTargetArgs) {
    const { platform, artefactDirectory } = args.instance;
    this.machines = { platform, artefactDirectory };
  }

  /** Creates the network and the key pair of the class. */
  prepare(name: string, classArgs: ClassArgs, opts: pulumi.CustomResourceOptions): MachineFactory {
    const { provider, tags } = this.args;
    const atAws = pulumi.mergeOptions(opts, { provider });
    const network = createNetwork(name, { ...this.args.network, tags }, atAws);
    const key = new aws.ec2.KeyPair(
      `${name}-key`,
      {
        keyNamePrefix: `${nameInClass("key")}-`,
        publicKey: classArgs.publicKey.apply((key) => key.trim()),
        tags: { ...tags, Name: nameInClass("key") },
      },
      atAws,
    );
    return {
      hostKeyBy: "user-data",
      create: (machineName, machineArgs, machineOpts) =>
        createMachine(
          machineName,
          this.args,
          machineArgs,
          { network, key },
          pulumi.mergeOptions(machineOpts, { provider }),
        ),
    };
  }
}

/** What the machines of a class share. */
interface Shared {
  readonly network: Network;
  readonly key: aws.ec2.KeyPair;
}

function createMachine(
  name: string,
  { instance: kind, tags: classTags }: AwsTargetArgs,
  args: MachineArgs,
  { network, key }: Shared,
  opts: pulumi.CustomResourceOptions,
): Machine {
  const tags = { ...classTags, seat: args.slot, Name: nameInClass(name) };
  const instance = new aws.ec2.Instance(
    name,
    {
      ami: kind.ami,
      instanceType: kind.instanceType,
      subnetId: network.subnetId,
      vpcSecurityGroupIds: [network.sshGroupId, ...(args.service === undefined ? [] : network.portalGroupIds)],
      associatePublicIpAddress: true,
      keyName: key.keyName,
      userDataBase64: args.userData.apply(checkedUserData),
      userDataReplaceOnChange: true,
      // An expired machine shuts itself down, which must also end the bill.
      instanceInitiatedShutdownBehavior: "terminate",
      // IMDSv2 only, and not from containers on a bridge (hop limit 1).
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        encrypted: true,
        volumeType: "gp3",
        volumeSize: kind.rootGigabytes,
        deleteOnTermination: true,
      },
      ...(kind.market === "spot" ? SPOT : {}),
      tags,
      volumeTags: tags,
    },
    // Canonical publishes a new image every few weeks, which must not replace a running class.
    pulumi.mergeOptions(opts, {
      dependsOn: [...network.routes],
      ignoreChanges: kind.oldMachines === "stay" ? ["ami"] : [],
    }),
  );
  return {
    resource: instance,
    id: instance.id,
    // Between machines: traffic to public addresses leaves the VPC, and rules for a security group do not match it.
    ssh: pulumi
      .all([instance.publicIp, instance.privateIp])
      .apply(([host, inside]) => ({ host, port: 22, user: "root", inside })),
    platform: kind.platform,
    artefactDirectory: kind.artefactDirectory,
  };
}
