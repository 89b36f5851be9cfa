import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { AWS_BAKE_STATES, AWS_BAKE_TAGS, type AwsBakeQueries } from "./bakes";
import type { ClassTags } from "./tags";

/** Queries through functions of the class's provider. */
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
