import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
} from "@aws-sdk/client-ec2";
import { text } from "../../../../../airgap/plugins/framework/values";
import { dependencyViolation, orGone } from "../api";
import type { Aws } from "../configure";
import { differs, type Kind, tagOutputs } from "../kind";
import { tagMap, tagSpecifications } from "../tags";

/** `aws:ec2/internetGateway:InternetGateway`. */
export const internetGateway: Kind = {
  name: "internet gateway",
  inputs: ["vpcId"],
  required: [],
  tagged: "tagged",
  replaceOnChanges: [],
  outputs: ["arn", "ownerId"],
  async create({ ec2 }, inputs) {
    const { InternetGateway: made } = await ec2.send(
      new CreateInternetGatewayCommand({ TagSpecifications: tagSpecifications("internet-gateway", inputs.tags) }),
    );
    return made?.InternetGatewayId ?? "";
  },
  async find(aws, id) {
    const answer = await orGone(aws.ec2.send(new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] })));
    const found = answer?.InternetGateways?.[0];
    if (found === undefined) {
      return undefined;
    }
    return {
      arn: `arn:aws:ec2:${aws.region}:${aws.account}:internet-gateway/${id}`,
      ownerId: found.OwnerId ?? aws.account,
      vpcId: found.Attachments?.[0]?.VpcId ?? "",
      ...tagOutputs(tagMap(found.Tags)),
    };
  },
  async converge(aws, progress, { signal }) {
    const { id, inputs, seen } = progress;
    if (!differs(progress, "vpcId")) {
      return;
    }
    await detach(aws, id, text(seen.vpcId), signal);
    const command = new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: text(inputs.vpcId) });
    await aws.ec2.send(command, { abortSignal: signal });
  },
  async remove(aws, id, _state, context) {
    const seen = await internetGateway.find(aws, id, {}, context);
    await detach(aws, id, text(seen?.vpcId), context.signal);
    const command = new DeleteInternetGatewayCommand({ InternetGatewayId: id });
    await orGone(aws.ec2.send(command, { abortSignal: context.signal }));
  },
};

/** EC2 keeps a gateway in place as long as a machine of the VPC has a public address; moto does not. */
async function detach({ ec2 }: Aws, id: string, vpcId: string | undefined, signal: AbortSignal): Promise<void> {
  if (vpcId === undefined || vpcId === "") {
    return;
  }
  const { Reservations: reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({
      Filters: [
        { Name: "vpc-id", Values: [vpcId] },
        { Name: "instance-state-name", Values: ["pending", "running", "shutting-down"] },
      ],
    }),
  );
  const instances = reservations.flatMap(({ Instances = [] }) => Instances);
  const addressed = instances.flatMap(({ InstanceId, PublicIpAddress }) => (PublicIpAddress ? [InstanceId ?? ""] : []));
  if (addressed.length > 0) {
    throw dependencyViolation(`internet gateway ${id}: network ${vpcId} has mapped public addresses; it`, addressed);
  }
  await orGone(
    ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpcId }), { abortSignal: signal }),
  );
}
