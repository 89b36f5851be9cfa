import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsQueries } from "../../../core/aws/facts";

/** Queries through functions of the class's provider. */
export function providerQueries(opts: pulumi.InvokeOptions): AwsQueries {
  return {
    instanceType: async (instanceType) => {
      const { defaultVcpus, ...type } = await aws.ec2.getInstanceType({ instanceType }, opts);
      return { ...type, vcpus: defaultVcpus };
    },
    zonesWith: async (instanceType) => {
      const filters = [{ name: "instance-type", values: [instanceType] }];
      const offerings = { locationType: "availability-zone", filters };
      const { locations } = await aws.ec2.getInstanceTypeOfferings(offerings, opts);
      return [...locations].sort();
    },
    subnet: (id) => aws.ec2.getSubnet({ id }, opts),
    parameter: async (name) => (await aws.ssm.getParameter({ name }, opts)).value,
    image: (id, owner) =>
      aws.ec2.getAmi(
        { filters: [{ name: "image-id", values: [id] }], ...(owner === undefined ? {} : { owners: [owner] }) },
        opts,
      ),
    quota: async (quotaCode) =>
      (await aws.servicequotas.getServiceQuota({ serviceCode: "ec2", quotaCode }, opts)).value,
    usage: undefined,
  };
}
