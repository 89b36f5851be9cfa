import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import type { FunctionHandler } from "../../../../../airgap/plugins/framework/provider";
import { texts } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";
import { apiFilters } from "./filters";

/** `aws:ec2/getAmiIds:getAmiIds`: the newest first, as the official plugin sorts them unless it is asked for the contrary. */
export const getAmiIds: FunctionHandler<Aws> = {
  inputs: ["filters", "owners"],
  async call(aws, inputs) {
    const owners = texts(inputs.owners);
    const { Images: images = [] } = await aws.ec2.send(
      new DescribeImagesCommand({ Filters: apiFilters(inputs.filters), Owners: owners }),
    );
    const sorted = [...images].sort((a, b) => (b.CreationDate ?? "").localeCompare(a.CreationDate ?? ""));
    return { id: aws.region, ids: sorted.map(({ ImageId = "" }) => ImageId), owners, region: aws.region };
  },
};
