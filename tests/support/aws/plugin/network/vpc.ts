import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
  type VpcAttributeName,
} from "@aws-sdk/client-ec2";
import type { PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { text, truth } from "../../../../../airgap/plugins/framework/values";
import { dependencyViolation, orGone } from "../api";
import type { Aws } from "../configure";
import { differs, type Kind, tagOutputs } from "../kind";
import { tagMap, tagSpecifications } from "../tags";

/** `aws:ec2/vpc:Vpc`. */
export const vpc: Kind = {
  name: "VPC",
  inputs: ["cidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy"],
  required: ["cidrBlock"],
  tagged: "tagged",
  defaults: { enableDnsSupport: true, instanceTenancy: "default" },
  replaceOnChanges: ["cidrBlock", "instanceTenancy"],
  outputs: ["arn", "defaultSecurityGroupId", "mainRouteTableId", "ownerId"],
  async create({ ec2 }, inputs) {
    const { Vpc: made } = await ec2.send(
      new CreateVpcCommand({
        CidrBlock: text(inputs.cidrBlock),
        InstanceTenancy: inputs.instanceTenancy === "dedicated" ? "dedicated" : "default",
        TagSpecifications: tagSpecifications("vpc", inputs.tags),
      }),
    );
    return made?.VpcId ?? "";
  },
  find: findVpc,
  async converge({ ec2 }, progress, { signal }) {
    const { id, inputs } = progress;
    const call = (attribute: object) =>
      ec2.send(new ModifyVpcAttributeCommand({ VpcId: id, ...attribute }), { abortSignal: signal });
    // One attribute a call: the API takes no two at once.
    if (differs(progress, "enableDnsSupport")) {
      await call({ EnableDnsSupport: { Value: truth(inputs.enableDnsSupport) } });
    }
    if (differs(progress, "enableDnsHostnames")) {
      await call({ EnableDnsHostnames: { Value: truth(inputs.enableDnsHostnames) } });
    }
  },
  async remove(aws, id, _state, { signal }) {
    const gateways = await aws.ec2.send(
      new DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [id] }] }),
      { abortSignal: signal },
    );
    const { groups } = await defaultsOf(aws, id);
    const dependents = [
      ...(gateways.InternetGateways ?? []).map((gateway) => gateway.InternetGatewayId ?? ""),
      ...groups.filter(({ GroupName }) => GroupName !== "default").map(({ GroupId }) => GroupId ?? ""),
    ];
    if (dependents.length > 0) {
      throw dependencyViolation(`VPC ${id}`, dependents);
    }
    await orGone(aws.ec2.send(new DeleteVpcCommand({ VpcId: id }), { abortSignal: signal }));
  },
};

async function findVpc(aws: Aws, id: string): Promise<PropertyMap | undefined> {
  const answer = await orGone(aws.ec2.send(new DescribeVpcsCommand({ VpcIds: [id] })));
  const found = answer?.Vpcs?.[0];
  if (found === undefined) {
    return undefined;
  }
  const { groups, mainRouteTable } = await defaultsOf(aws, id);
  return {
    arn: `arn:aws:ec2:${aws.region}:${aws.account}:vpc/${id}`,
    cidrBlock: found.CidrBlock ?? null,
    defaultSecurityGroupId: groups.find(({ GroupName }) => GroupName === "default")?.GroupId ?? null,
    enableDnsHostnames: await attributeOf(aws, id, "enableDnsHostnames"),
    enableDnsSupport: await attributeOf(aws, id, "enableDnsSupport"),
    instanceTenancy: found.InstanceTenancy ?? null,
    mainRouteTableId: mainRouteTable ?? null,
    ownerId: found.OwnerId ?? null,
    ...tagOutputs(tagMap(found.Tags)),
  };
}

async function attributeOf({ ec2 }: Aws, id: string, name: VpcAttributeName): Promise<boolean> {
  const answer = await ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute: name }));
  return (name === "enableDnsSupport" ? answer.EnableDnsSupport : answer.EnableDnsHostnames)?.Value ?? false;
}

/** What EC2 makes along with a VPC, and all else of those kinds that is in it. */
async function defaultsOf({ ec2 }: Aws, id: string) {
  const inVpc = { Name: "vpc-id", Values: [id] };
  const { SecurityGroups: groups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: [inVpc] }));
  const main = { Name: "association.main", Values: ["true"] };
  const { RouteTables: tables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters: [inVpc, main] }));
  return { groups, mainRouteTable: tables[0]?.RouteTableId };
}
