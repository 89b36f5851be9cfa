import {
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  type Route,
} from "@aws-sdk/client-ec2";
import type { PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { objects, text } from "../../../../../airgap/plugins/framework/values";
import { dependencyViolation, orGone } from "../api";
import { differs, type Kind, tagOutputs } from "../kind";
import { tagMap, tagSpecifications } from "../tags";

/** `aws:ec2/routeTable:RouteTable`, with its routes inline. */
export const routeTable: Kind = {
  name: "route table",
  inputs: ["routes", "vpcId"],
  required: ["vpcId"],
  nested: { routes: ["cidrBlock", "gatewayId"] },
  tagged: "tagged",
  replaceOnChanges: ["vpcId"],
  outputs: ["arn", "ownerId"],
  async create({ ec2 }, inputs) {
    const { RouteTable: made } = await ec2.send(
      new CreateRouteTableCommand({
        VpcId: text(inputs.vpcId),
        TagSpecifications: tagSpecifications("route-table", inputs.tags),
      }),
    );
    return made?.RouteTableId ?? "";
  },
  async find(aws, id) {
    const answer = await orGone(aws.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] })));
    const found = answer?.RouteTables?.[0];
    if (found === undefined) {
      return undefined;
    }
    return {
      arn: `arn:aws:ec2:${aws.region}:${aws.account}:route-table/${id}`,
      ownerId: found.OwnerId ?? aws.account,
      routes: (found.Routes ?? []).flatMap(routeOutputs),
      vpcId: found.VpcId ?? null,
      ...tagOutputs(tagMap(found.Tags)),
    };
  },
  async converge({ ec2 }, progress, { signal }) {
    if (!differs(progress, "routes")) {
      return;
    }
    const { id, inputs, seen } = progress;
    for (const { cidrBlock } of objects(seen.routes)) {
      const command = new DeleteRouteCommand({ RouteTableId: id, DestinationCidrBlock: text(cidrBlock) });
      await ec2.send(command, { abortSignal: signal });
    }
    for (const { cidrBlock, gatewayId } of objects(inputs.routes)) {
      const route = { DestinationCidrBlock: text(cidrBlock), GatewayId: text(gatewayId) };
      await ec2.send(new CreateRouteCommand({ RouteTableId: id, ...route }), { abortSignal: signal });
    }
  },
  async remove({ ec2 }, id, _state, { signal }) {
    const answer = await orGone(ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] })));
    const associations = (answer?.RouteTables ?? []).flatMap(({ Associations = [] }) => Associations);
    if (associations.length > 0) {
      const ids = associations.map(({ RouteTableAssociationId = "" }) => RouteTableAssociationId);
      throw dependencyViolation(`route table ${id}`, ids);
    }
    await orGone(ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }), { abortSignal: signal }));
  },
};

/** The route inside the VPC is EC2's own, and in no program. */
function routeOutputs({ DestinationCidrBlock, GatewayId }: Route): PropertyMap[] {
  return GatewayId === "local" ? [] : [{ cidrBlock: DestinationCidrBlock ?? "", gatewayId: GatewayId ?? "" }];
}
