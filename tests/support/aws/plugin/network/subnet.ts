import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
  type Subnet,
} from "@aws-sdk/client-ec2";
import type { PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { text, truth } from "../../../../../airgap/plugins/framework/values";
import { dependencyViolation, orGone } from "../api";
import { differs, type Kind, tagOutputs } from "../kind";
import { tagMap, tagSpecifications } from "../tags";

/** `aws:ec2/subnet:Subnet`. */
export const subnet: Kind = {
  name: "subnet",
  inputs: ["availabilityZone", "cidrBlock", "mapPublicIpOnLaunch", "vpcId"],
  required: ["cidrBlock", "vpcId"],
  tagged: "tagged",
  defaults: { mapPublicIpOnLaunch: false },
  replaceOnChanges: ["availabilityZone", "cidrBlock", "vpcId"],
  deleteBeforeReplace: true,
  outputs: ["arn", "availabilityZone", "availabilityZoneId", "ownerId"],
  async create({ ec2 }, inputs) {
    const { Subnet: made } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: text(inputs.vpcId),
        CidrBlock: text(inputs.cidrBlock),
        AvailabilityZone: text(inputs.availabilityZone),
        TagSpecifications: tagSpecifications("subnet", inputs.tags),
      }),
    );
    return made?.SubnetId ?? "";
  },
  async find({ ec2 }, id) {
    const answer = await orGone(ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] })));
    const found = answer?.Subnets?.[0];
    return found === undefined ? undefined : subnetOutputs(found);
  },
  async converge({ ec2 }, progress, { signal }) {
    if (differs(progress, "mapPublicIpOnLaunch")) {
      const MapPublicIpOnLaunch = { Value: truth(progress.inputs.mapPublicIpOnLaunch) ?? false };
      await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: progress.id, MapPublicIpOnLaunch }), {
        abortSignal: signal,
      });
    }
  },
  async remove({ ec2 }, id, _state, { signal }) {
    const inSubnet = { Name: "subnet-id", Values: [id] };
    const { NetworkInterfaces: interfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [inSubnet] }),
    );
    if (interfaces.length > 0) {
      throw dependencyViolation(
        `subnet ${id}`,
        interfaces.map(({ NetworkInterfaceId = "" }) => NetworkInterfaceId),
      );
    }
    await orGone(ec2.send(new DeleteSubnetCommand({ SubnetId: id }), { abortSignal: signal }));
  },
};

/** The API's answer in the schema's words; also for `getSubnet`. */
export function subnetOutputs(found: Subnet): PropertyMap {
  return {
    arn: found.SubnetArn ?? null,
    availabilityZone: found.AvailabilityZone ?? null,
    availabilityZoneId: found.AvailabilityZoneId ?? null,
    cidrBlock: found.CidrBlock ?? null,
    mapPublicIpOnLaunch: found.MapPublicIpOnLaunch ?? null,
    ownerId: found.OwnerId ?? null,
    vpcId: found.VpcId ?? null,
    ...tagOutputs(tagMap(found.Tags)),
  };
}
