import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { FunctionHandler } from "../../../../../airgap/plugins/framework/provider";
import { text } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";
import { subnetOutputs } from "../network/subnet";
import { apiFilters } from "./filters";

/** `aws:ec2/getSubnet:getSubnet`. */
export const getSubnet: FunctionHandler<Aws> = {
  inputs: ["filters", "id", "vpcId"],
  async call(aws, inputs) {
    const [id, vpcId] = [text(inputs.id), text(inputs.vpcId)];
    const filters = [
      ...apiFilters(inputs.filters),
      ...(vpcId === undefined ? [] : [{ Name: "vpc-id", Values: [vpcId] }]),
    ];
    const command = new DescribeSubnetsCommand({
      ...(id === undefined ? {} : { SubnetIds: [id] }),
      ...(filters.length === 0 ? {} : { Filters: filters }),
    });
    const { Subnets: subnets = [] } = await aws.ec2.send(command).catch((error: unknown) => {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Error(`reading EC2 Subnet: ${reason}`, { cause: error });
    });
    const [found, ...others] = subnets;
    if (found === undefined || others.length > 0) {
      throw new Error(
        `${found === undefined ? "no" : "multiple"} matching EC2 Subnet found; use additional constraints to reduce matches to a single one`,
      );
    }
    return {
      ...subnetOutputs(found),
      id: found.SubnetId ?? "",
      availableIpAddressCount: found.AvailableIpAddressCount ?? 0,
      defaultForAz: found.DefaultForAz ?? false,
      region: aws.region,
      state: found.State ?? "",
    };
  },
};
