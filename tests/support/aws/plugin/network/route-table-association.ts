import {
  AssociateRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
} from "@aws-sdk/client-ec2";
import { text } from "../../../../../airgap/plugins/framework/values";
import { orGone } from "../api";
import type { Kind } from "../kind";

/** `aws:ec2/routeTableAssociation:RouteTableAssociation`, of a subnet. */
export const routeTableAssociation: Kind = {
  name: "route table association",
  inputs: ["routeTableId", "subnetId"],
  required: ["routeTableId", "subnetId"],
  tagged: "untagged",
  // The official plugin moves an association to another table in place, which gives it a new id; here it is a new one.
  replaceOnChanges: ["routeTableId", "subnetId"],
  deleteBeforeReplace: true,
  outputs: [],
  async create({ ec2 }, inputs) {
    const { AssociationId: id = "" } = await ec2.send(
      new AssociateRouteTableCommand({ RouteTableId: text(inputs.routeTableId), SubnetId: text(inputs.subnetId) }),
    );
    return id;
  },
  async find({ ec2 }, id) {
    const byId = { Name: "association.route-table-association-id", Values: [id] };
    const answer = await orGone(ec2.send(new DescribeRouteTablesCommand({ Filters: [byId] })));
    const associations = (answer?.RouteTables ?? []).flatMap(({ Associations = [] }) => Associations);
    const found = associations.find(({ RouteTableAssociationId }) => RouteTableAssociationId === id);
    return found === undefined
      ? undefined
      : { routeTableId: found.RouteTableId ?? null, subnetId: found.SubnetId ?? null };
  },
  async remove({ ec2 }, id, _state, { signal }) {
    await orGone(ec2.send(new DisassociateRouteTableCommand({ AssociationId: id }), { abortSignal: signal }));
  },
};
