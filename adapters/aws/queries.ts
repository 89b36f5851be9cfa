import {
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type Instance,
  type _InstanceType as InstanceType,
  type InstanceTypeInfo,
  paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import type { AwsQueries, TypeFacts, VcpuUsage } from "../../core/aws/facts";
import { quotaFor } from "../../core/aws/quota";
import type { AwsClients } from "./clients";

/** Queries by AWS's clients, as `lab` sends them before the Pulumi engine runs. */
export function clientQueries({ ec2, ssm, quotas }: AwsClients, usage: UsageQuery): AwsQueries {
  return {
    instanceType: (instanceType) => readType(ec2, instanceType),
    zonesWith: async (instanceType) => {
      const filters = [{ Name: "instance-type", Values: [instanceType] }];
      const command = new DescribeInstanceTypeOfferingsCommand({ LocationType: "availability-zone", Filters: filters });
      const { InstanceTypeOfferings: offerings = [] } = await ec2.send(command);
      return offerings.flatMap(({ Location }) => Location ?? []).sort();
    },
    subnet: async (id) => {
      const { Subnets: subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }));
      const { VpcId: vpcId = "", AvailabilityZone: availabilityZone = "" } = found(subnets);
      return { id, vpcId, availabilityZone };
    },
    parameter: async (Name) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value ?? "",
    image: async (id, owner) => {
      // A filter, as in the program: an unknown id gives an empty list instead of an error.
      const Filters = [{ Name: "image-id", Values: [id] }];
      const command = new DescribeImagesCommand({ Filters, ...(owner === undefined ? {} : { Owners: [owner] }) });
      const { Images: images = [] } = await ec2.send(command);
      return { id, architecture: found(images).Architecture ?? "" };
    },
    quota: async (QuotaCode) => {
      const { Quota: quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode }));
      return found([quota?.Value].filter((value) => value !== undefined));
    },
    usage: () => readUsage(ec2, usage),
  };
}

async function readType(ec2: EC2Client, instanceType: string): Promise<TypeFacts> {
  const type = found(await describeTypes(ec2, [instanceType]));
  return {
    supportedArchitectures: type.ProcessorInfo?.SupportedArchitectures ?? [],
    supportedUsagesClasses: type.SupportedUsageClasses ?? [],
    vcpus: found([type.VCpuInfo?.DefaultVCpus].filter((count) => count !== undefined)),
  };
}

async function describeTypes(ec2: EC2Client, types: readonly string[]): Promise<InstanceTypeInfo[]> {
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: types as InstanceType[] });
  return types.length === 0 ? [] : ((await ec2.send(command)).InstanceTypes ?? []);
}

function found<One>(all: readonly One[]): One {
  const [first] = all;
  if (first === undefined) {
    throw new Error("its answer is empty");
  }
  return first;
}

/** Which instances count towards which usage. */
export interface UsageQuery {
  /** Code of the quota whose instances count. */
  readonly quotaCode: string | undefined;
  /** Tags of the class's own instances. */
  readonly classTags: Readonly<Record<string, string>>;
}

/** vCPUs that run in this region and count towards the quota, those of the class and of others. */
async function readUsage(ec2: EC2Client, { quotaCode, classTags }: UsageQuery): Promise<VcpuUsage> {
  const counting = (await running(ec2)).filter((instance) => quotaCodeOf(instance) === quotaCode);
  // The quota counts a type's number, whatever an instance's CPU options are.
  const types = await describeTypes(ec2, [...new Set(counting.map(({ InstanceType: type = "" }) => type))]);
  const vcpus = new Map(
    types.map(({ InstanceType: type = "", VCpuInfo: info }) => [type as string, info?.DefaultVCpus ?? 0]),
  );
  const sum = (instances: readonly Instance[]) =>
    instances.reduce((total, { InstanceType: type = "" }) => total + (vcpus.get(type) ?? 0), 0);
  const own = counting.filter((instance) => hasTags(instance, classTags));
  return { byClass: sum(own), byOthers: sum(counting) - sum(own) };
}

async function running(ec2: EC2Client): Promise<Instance[]> {
  const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
  const instances: Instance[] = [];
  for await (const { Reservations: reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters })) {
    instances.push(...reservations.flatMap(({ Instances = [] }) => Instances));
  }
  // Instances on a dedicated host count as that host.
  return instances.filter(({ Placement }) => Placement?.Tenancy !== "host");
}

function quotaCodeOf({ InstanceType: type, InstanceLifecycle: lifecycle }: Instance): string | undefined {
  return quotaFor({ instanceType: type ?? "", spot: lifecycle === "spot" })?.code;
}

function hasTags({ Tags = [] }: Instance, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => Tags.some((tag) => tag.Key === key && tag.Value === value));
}
