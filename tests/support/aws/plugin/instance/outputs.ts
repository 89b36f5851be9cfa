import type { Instance, Volume } from "@aws-sdk/client-ec2";
import type { PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { texts } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";
import { tagOutputs } from "../kind";
import { tagMap } from "../tags";

/** The API's answer in the schema's words. Addresses come from elsewhere: see `resource.ts`. */
export function instanceOutputs(
  aws: Aws,
  found: Instance,
  volume: Volume | undefined,
  inputs: PropertyMap,
): PropertyMap {
  const id = found.InstanceId ?? "";
  const groups = (found.SecurityGroups ?? []).map(({ GroupId = "" }) => GroupId);
  return {
    ami: found.ImageId ?? null,
    arn: `arn:aws:ec2:${aws.region}:${aws.account}:instance/${id}`,
    associatePublicIpAddress: found.PublicIpAddress !== undefined,
    availabilityZone: found.Placement?.AvailabilityZone ?? null,
    instanceLifecycle: found.InstanceLifecycle ?? "",
    instanceState: found.State?.Name ?? null,
    instanceType: found.InstanceType ?? null,
    keyName: found.KeyName ?? "",
    metadataOptions: {
      httpEndpoint: found.MetadataOptions?.HttpEndpoint ?? null,
      httpPutResponseHopLimit: found.MetadataOptions?.HttpPutResponseHopLimit ?? null,
      httpTokens: found.MetadataOptions?.HttpTokens ?? null,
    },
    primaryNetworkInterfaceId: found.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? null,
    privateDns: found.PrivateDnsName ?? "",
    privateIp: found.PrivateIpAddress ?? "",
    publicDns: found.PublicDnsName ?? "",
    rootBlockDevice: rootDeviceOutputs(found, volume),
    subnetId: found.SubnetId ?? "",
    volumeTags: tagMap(volume?.Tags),
    // In the program's order: the API has one of its own.
    vpcSecurityGroupIds: sortedLike(groups, texts(inputs.vpcSecurityGroupIds)),
    ...tagOutputs(tagMap(found.Tags)),
  };
}

function rootDeviceOutputs(found: Instance, volume: Volume | undefined): PropertyMap {
  const mapping = found.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === found.RootDeviceName);
  return {
    deleteOnTermination: mapping?.Ebs?.DeleteOnTermination ?? null,
    deviceName: found.RootDeviceName ?? "",
    encrypted: volume?.Encrypted ?? null,
    iops: volume?.Iops ?? null,
    kmsKeyId: volume?.KmsKeyId ?? "",
    throughput: volume?.Throughput ?? null,
    volumeId: volume?.VolumeId ?? "",
    volumeSize: volume?.Size ?? null,
    volumeType: volume?.VolumeType ?? null,
  };
}

function sortedLike(ids: readonly string[], wanted: readonly string[]): string[] {
  const place = (id: string) => (wanted.includes(id) ? wanted.indexOf(id) : wanted.length);
  return [...ids].sort((left, right) => place(left) - place(right));
}
