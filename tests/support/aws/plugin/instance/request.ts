import type {
  BlockDeviceMapping,
  InstanceMarketOptionsRequest,
  InstanceMetadataOptionsRequest,
  RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import type { PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { integer, object, text, texts, truth, withoutAbsent } from "../../../../../airgap/plugins/framework/values";
import { tagSpecifications } from "../tags";

/** What is implemented of the inputs that hold objects. */
export const NESTED = {
  instanceMarketOptions: ["marketType", "spotOptions"],
  "instanceMarketOptions.spotOptions": ["instanceInterruptionBehavior", "maxPrice", "spotInstanceType", "validUntil"],
  metadataOptions: ["httpEndpoint", "httpPutResponseHopLimit", "httpTokens", "instanceMetadataTags"],
  rootBlockDevice: [
    "deleteOnTermination",
    "encrypted",
    "iops",
    "kmsKeyId",
    "tags",
    "throughput",
    "volumeSize",
    "volumeType",
  ],
} as const;

/** The one call that makes an instance; `rootDeviceName` is the image's. */
export function runInstancesInput(inputs: PropertyMap, rootDeviceName: string): RunInstancesCommandInput {
  const market = marketOptions(inputs.instanceMarketOptions);
  const root = rootDevice(inputs, rootDeviceName);
  const metadata = metadataOptions(inputs);
  return {
    ImageId: text(inputs.ami),
    InstanceType: text(inputs.instanceType) as RunInstancesCommandInput["InstanceType"],
    MinCount: 1,
    MaxCount: 1,
    KeyName: text(inputs.keyName),
    UserData: apiUserData(inputs),
    InstanceInitiatedShutdownBehavior: text(
      inputs.instanceInitiatedShutdownBehavior,
    ) as RunInstancesCommandInput["InstanceInitiatedShutdownBehavior"],
    ...networkPart(inputs),
    ...(metadata === undefined ? {} : { MetadataOptions: metadata }),
    ...(root === undefined ? {} : { BlockDeviceMappings: [root] }),
    ...(market === undefined ? {} : { InstanceMarketOptions: market }),
    TagSpecifications: [
      ...tagSpecifications("instance", inputs.tags),
      ...tagSpecifications("volume", object(inputs.rootBlockDevice).tags ?? inputs.volumeTags),
    ],
  };
}

/** In base64, as the API takes it: `userData` is plain text, `userDataBase64` is passed on as it is. */
export function apiUserData(inputs: PropertyMap): string | undefined {
  const plain = text(inputs.userData);
  return plain === undefined ? text(inputs.userDataBase64) : Buffer.from(plain).toString("base64");
}

/** Metadata options of the inputs in the API's form. */
export function metadataOptions(inputs: PropertyMap): InstanceMetadataOptionsRequest | undefined {
  const given = object(inputs.metadataOptions);
  if (Object.keys(given).length === 0) {
    return undefined;
  }
  return withoutAbsent<string | number>({
    HttpEndpoint: text(given.httpEndpoint),
    HttpPutResponseHopLimit: integer(given.httpPutResponseHopLimit),
    HttpTokens: text(given.httpTokens),
    InstanceMetadataTags: text(given.instanceMetadataTags),
  }) as InstanceMetadataOptionsRequest;
}

/**
 * Always with the interface spelled out: EC2 takes an interface that it made away with its instance, moto only one that
 * is said to go.
 */
function networkPart(inputs: PropertyMap): Partial<RunInstancesCommandInput> {
  const groups = texts(inputs.vpcSecurityGroupIds);
  const zone = text(inputs.availabilityZone);
  const card = {
    DeviceIndex: 0,
    DeleteOnTermination: true,
    SubnetId: text(inputs.subnetId),
    AssociatePublicIpAddress: truth(inputs.associatePublicIpAddress),
    ...(groups.length === 0 ? {} : { Groups: groups }),
  };
  return {
    ...(zone === undefined ? {} : { Placement: { AvailabilityZone: zone } }),
    NetworkInterfaces: [card],
  };
}

function rootDevice(inputs: PropertyMap, DeviceName: string): BlockDeviceMapping | undefined {
  const given = object(inputs.rootBlockDevice);
  if (Object.keys(given).length === 0) {
    return undefined;
  }
  const Ebs = withoutAbsent<string | number | boolean>({
    DeleteOnTermination: truth(given.deleteOnTermination) ?? true,
    Encrypted: truth(given.encrypted),
    Iops: integer(given.iops),
    KmsKeyId: text(given.kmsKeyId),
    Throughput: integer(given.throughput),
    VolumeSize: integer(given.volumeSize),
    VolumeType: text(given.volumeType),
  });
  return { DeviceName, Ebs: Ebs as BlockDeviceMapping["Ebs"] };
}

function marketOptions(value: PropertyMap[string] | undefined): InstanceMarketOptionsRequest | undefined {
  const given = object(value);
  if (Object.keys(given).length === 0) {
    return undefined;
  }
  const spot = object(given.spotOptions);
  const validUntil = text(spot.validUntil);
  const SpotOptions = withoutAbsent<string | Date>({
    InstanceInterruptionBehavior: text(spot.instanceInterruptionBehavior),
    MaxPrice: text(spot.maxPrice),
    SpotInstanceType: text(spot.spotInstanceType),
    ValidUntil: validUntil === undefined ? undefined : new Date(validUntil),
  });
  return {
    MarketType: text(given.marketType) as "spot" | undefined,
    SpotOptions: SpotOptions as InstanceMarketOptionsRequest["SpotOptions"],
  };
}
