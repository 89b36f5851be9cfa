import {
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeVolumesCommand,
  type Image,
  type Instance,
  type _InstanceType as InstanceType,
  TerminateInstancesCommand,
  type Volume,
} from "@aws-sdk/client-ec2";
import { orGone, untilFound } from "../api";
import type { Aws } from "../configure";

/** The instance as the API has it; undefined when it was never there, or is terminated. */
export async function describeInstance({ ec2 }: Aws, id: string): Promise<Instance | undefined> {
  const answer = await orGone(ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })));
  const found = answer?.Reservations?.[0]?.Instances?.[0];
  return found?.State?.Name === "terminated" ? undefined : found;
}

/** User data in base64, as the API has kept it; what a machine would be told by its metadata service. */
export async function keptUserData({ ec2 }: Aws, id: string): Promise<string> {
  const command = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: "userData" });
  return (await ec2.send(command)).UserData?.Value ?? "";
}

/** What EC2 does when the machine switches itself off. */
export async function shutdownBehavior({ ec2 }: Aws, id: string): Promise<string> {
  const Attribute = "instanceInitiatedShutdownBehavior";
  const answer = await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute }));
  return answer.InstanceInitiatedShutdownBehavior?.Value ?? "stop";
}

/** The public key of a key pair, if there is one. */
export async function publicKeys({ ec2 }: Aws, keyName: string | undefined): Promise<string[]> {
  if (keyName === undefined) {
    return [];
  }
  const command = new DescribeKeyPairsCommand({ KeyNames: [keyName], IncludePublicKey: true });
  return ((await ec2.send(command)).KeyPairs ?? []).flatMap(({ PublicKey }) => PublicKey ?? []);
}

/** The volume that the machine boots from. */
export async function rootVolume({ ec2 }: Aws, instance: Instance): Promise<Volume | undefined> {
  const mapping = instance.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === instance.RootDeviceName);
  const id = mapping?.Ebs?.VolumeId;
  if (id === undefined) {
    return undefined;
  }
  return (await orGone(ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }))))?.Volumes?.[0];
}

/** The image, or EC2's error that there is none. */
export async function describeImage({ ec2 }: Aws, id: string): Promise<Image> {
  const { Images: [found] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
  if (found === undefined) {
    throw new Error(`InvalidAMIID.NotFound: The image id '[${id}]' does not exist`);
  }
  return found;
}

/** CPU architectures of a type, in EC2's words. */
export async function architecturesOf({ ec2 }: Aws, type: string): Promise<string[]> {
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: [type as InstanceType] });
  const { InstanceTypes: [found] = [] } = await ec2.send(command);
  return found?.ProcessorInfo?.SupportedArchitectures ?? [];
}

/** Ends the instance and waits until it has ended, with its volumes. It may be gone already. */
export async function terminate(aws: Aws, id: string, signal: AbortSignal): Promise<void> {
  const command = new TerminateInstancesCommand({ InstanceIds: [id] });
  if ((await orGone(aws.ec2.send(command, { abortSignal: signal }))) !== undefined) {
    const isGone = async () => ((await describeInstance(aws, id)) === undefined ? true : undefined);
    await untilFound(`the end of instance ${id}`, isGone, signal);
  }
}
