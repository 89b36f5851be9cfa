import { DescribeInstanceTypeOfferingsCommand, type LocationType } from "@aws-sdk/client-ec2";
import type { FunctionHandler } from "../../../../../airgap/plugins/framework/provider";
import { text } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";
import { apiFilters } from "./filters";

/** `aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings`. */
export const getInstanceTypeOfferings: FunctionHandler<Aws> = {
  inputs: ["filters", "locationType"],
  async call(aws, inputs) {
    const locationType = text(inputs.locationType) ?? "region";
    const { InstanceTypeOfferings: offerings = [] } = await aws.ec2.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: locationType as LocationType,
        Filters: apiFilters(inputs.filters),
      }),
    );
    return {
      id: aws.region,
      instanceTypes: offerings.map(({ InstanceType = "" }) => InstanceType),
      locationType,
      locationTypes: offerings.map(({ LocationType: type = "" }) => type),
      locations: offerings.map(({ Location = "" }) => Location),
      region: aws.region,
    };
  },
};
