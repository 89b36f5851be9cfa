import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsQueries } from "../../../core/aws/facts";
import { AWS_BAKE_STATES, AWS_BAKE_TAGS, type AwsBakeQueries } from "./bakes";
import type { ClassTags } from "./tags";

/** Queries for the preflight, through functions of the class's provider. */
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

/** Queries for bakes, through functions of the class's provider. */
export function providerBakeQueries(
  { lab, class: className, owner }: ClassTags,
  opts: pulumi.InvokeOptions,
): AwsBakeQueries {
  return {
    bake: async (hash, architecture) => {
      const filters = [
        { name: `tag:${AWS_BAKE_TAGS.hash}`, values: [hash] },
        { name: `tag:${AWS_BAKE_TAGS.state}`, values: [AWS_BAKE_STATES.ready] },
        { name: "architecture", values: [architecture] },
        { name: "state", values: ["available"] },
      ];
      // getAmi would throw if there is none. The newest comes first.
      const { ids } = await aws.ec2.getAmiIds({ owners: ["self"], filters }, opts);
      const [ami] = ids;
      if (ami === undefined) {
        return undefined;
      }
      const found = await aws.ec2.getAmi({ owners: ["self"], filters: [{ name: "image-id", values: [ami] }] }, opts);
      return { ami, machineHash: found.tags[AWS_BAKE_TAGS.machineHash] };
    },
    hasMachinesFrom: async (ami) => {
      const filters = [
        { name: "image-id", values: [ami] },
        ...Object.entries({ lab, class: className, owner }).map(([name, value]) => ({
          name: `tag:${name}`,
          values: [value],
        })),
      ];
      const instanceStateNames = ["pending", "running", "stopping", "stopped"];
      return (await aws.ec2.getInstances({ filters, instanceStateNames }, opts)).ids.length > 0;
    },
  };
}
