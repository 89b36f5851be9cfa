import {
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type _InstanceType as InstanceType,
} from "@aws-sdk/client-ec2";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import type { AwsQueries, TypeFacts } from "../../core/aws/facts";
import type { AwsClients } from "./clients";
import { readUsage, type UsageQuery } from "./usage";

/** Asks as `lab` does: by AWS's own clients, before there is an engine. */
export function clientQueries({ ec2, ssm, quotas }: AwsClients, wish: UsageQuery): AwsQueries {
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
      // A filter, as the program has it: an id that is not there gives an empty list rather than an error.
      const Filters = [{ Name: "image-id", Values: [id] }];
      const command = new DescribeImagesCommand({ Filters, ...(owner === undefined ? {} : { Owners: [owner] }) });
      const { Images: images = [] } = await ec2.send(command);
      return { id, architecture: found(images).Architecture ?? "" };
    },
    quota: async (QuotaCode) => {
      const { Quota: quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: "ec2", QuotaCode }));
      return found([quota?.Value].filter((value) => value !== undefined));
    },
    usage: () => readUsage(ec2, wish),
  };
}

async function readType(ec2: EC2Client, instanceType: string): Promise<TypeFacts> {
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: [instanceType as InstanceType] });
  const { InstanceTypes: types = [] } = await ec2.send(command);
  const type = found(types);
  return {
    supportedArchitectures: type.ProcessorInfo?.SupportedArchitectures ?? [],
    supportedUsagesClasses: type.SupportedUsageClasses ?? [],
    vcpus: found([type.VCpuInfo?.DefaultVCpus].filter((count) => count !== undefined)),
  };
}

function found<One>(all: readonly One[]): One {
  const [first] = all;
  if (first === undefined) {
    throw new Error("its answer is empty");
  }
  return first;
}
