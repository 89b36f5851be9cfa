import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import type { FunctionHandler } from "../../../../../airgap/plugins/framework/provider";
import { texts } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";
import { apiFilters } from "./filters";

/** `aws:ec2/getInstances:getInstances`. */
export const getInstances: FunctionHandler<Aws> = {
  inputs: ["filters", "instanceStateNames"],
  async call(aws, inputs) {
    const states = texts(inputs.instanceStateNames);
    const Filters = [
      ...apiFilters(inputs.filters),
      { Name: "instance-state-name", Values: states.length === 0 ? ["running"] : states },
    ];
    const { Reservations: reservations = [] } = await aws.ec2.send(new DescribeInstancesCommand({ Filters }));
    const ids = reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = "" }) => InstanceId));
    return { id: aws.region, ids, region: aws.region };
  },
};
