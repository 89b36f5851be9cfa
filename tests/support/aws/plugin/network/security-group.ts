import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type { PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { integer, objects, text, texts } from "../../../../../airgap/plugins/framework/values";
import { dependencyViolation, orGone, uniqueName } from "../api";
import type { Aws } from "../configure";
import { differs, type Kind, type Progress, tagOutputs } from "../kind";
import { tagMap, tagSpecifications } from "../tags";

const RULE = ["cidrBlocks", "description", "fromPort", "ipv6CidrBlocks", "protocol", "securityGroups", "toPort"];

/** `aws:ec2/securityGroup:SecurityGroup`, with its rules inline. */
export const securityGroup: Kind = {
  name: "security group",
  inputs: ["description", "egress", "ingress", "name", "namePrefix", "revokeRulesOnDelete", "vpcId"],
  required: ["vpcId"],
  oneOf: ["name", "namePrefix"],
  nested: { egress: RULE, ingress: RULE },
  tagged: "tagged",
  defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
  replaceOnChanges: ["description", "name", "namePrefix", "vpcId"],
  outputs: ["arn", "name", "ownerId"],
  async create({ ec2 }, inputs) {
    const { GroupId: id = "" } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: text(inputs.name) ?? uniqueName(inputs.namePrefix),
        Description: text(inputs.description),
        VpcId: text(inputs.vpcId),
        TagSpecifications: tagSpecifications("security-group", inputs.tags),
      }),
    );
    return id;
  },
  async find(aws, id) {
    const found = await describe(aws, id);
    if (found === undefined) {
      return undefined;
    }
    return {
      arn: `arn:aws:ec2:${aws.region}:${aws.account}:security-group/${id}`,
      description: found.Description ?? "",
      egress: (found.IpPermissionsEgress ?? []).map(ruleOutputs),
      ingress: (found.IpPermissions ?? []).map(ruleOutputs),
      name: found.GroupName ?? "",
      ownerId: found.OwnerId ?? aws.account,
      vpcId: found.VpcId ?? "",
      ...tagOutputs(tagMap(found.Tags)),
    };
  },
  async converge(aws, progress, { signal }) {
    await convergeRules(aws, progress, signal);
  },
  async remove({ ec2 }, id, _state, { signal }) {
    const { NetworkInterfaces: interfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "group-id", Values: [id] }] }),
    );
    if (interfaces.length > 0) {
      throw dependencyViolation(
        `security group ${id}`,
        interfaces.map(({ NetworkInterfaceId = "" }) => NetworkInterfaceId),
      );
    }
    await orGone(ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }), { abortSignal: signal }));
  },
};

/** EC2 lets a new group send anything; inline rules are all the rules there are, so with none it may send nothing. */
async function convergeRules(aws: Aws, progress: Progress, abortSignal: AbortSignal): Promise<void> {
  const { id: GroupId, inputs } = progress;
  const wanted: Progress = {
    ...progress,
    inputs: { ...inputs, egress: inputs.egress ?? [], ingress: inputs.ingress ?? [] },
  };
  const found = await describe(aws, GroupId);
  if (differs(wanted, "egress")) {
    const [old, fresh] = [found?.IpPermissionsEgress ?? [], objects(inputs.egress).map(apiRule)];
    if (old.length > 0) {
      await aws.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: old }), { abortSignal });
    }
    if (fresh.length > 0) {
      await aws.ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: fresh }), { abortSignal });
    }
  }
  if (differs(wanted, "ingress")) {
    const [old, fresh] = [found?.IpPermissions ?? [], objects(inputs.ingress).map(apiRule)];
    if (old.length > 0) {
      await aws.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: old }), { abortSignal });
    }
    if (fresh.length > 0) {
      await aws.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: fresh }), { abortSignal });
    }
  }
}

async function describe({ ec2 }: Aws, id: string) {
  const answer = await orGone(ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] })));
  return answer?.SecurityGroups?.[0];
}

/** A rule in the API's form: the description belongs to each of its networks. */
export function apiRule(rule: PropertyMap): IpPermission {
  const Description = text(rule.description);
  const described = Description === undefined || Description === "" ? {} : { Description };
  const protocol = text(rule.protocol) ?? "-1";
  const everything = protocol === "-1" || protocol === "all";
  return {
    IpProtocol: everything ? "-1" : protocol,
    ...(everything ? {} : { FromPort: integer(rule.fromPort), ToPort: integer(rule.toPort) }),
    IpRanges: texts(rule.cidrBlocks).map((CidrIp) => ({ CidrIp, ...described })),
    Ipv6Ranges: texts(rule.ipv6CidrBlocks).map((CidrIpv6) => ({ CidrIpv6, ...described })),
    UserIdGroupPairs: texts(rule.securityGroups).map((GroupId) => ({ GroupId, ...described })),
  };
}

function ruleOutputs(rule: IpPermission): PropertyMap {
  const ranges = rule.IpRanges ?? [];
  const ranges6 = rule.Ipv6Ranges ?? [];
  const pairs = rule.UserIdGroupPairs ?? [];
  const description = [...ranges, ...ranges6].find(({ Description }) => Description !== undefined)?.Description;
  return {
    protocol: rule.IpProtocol ?? "-1",
    fromPort: rule.FromPort ?? 0,
    toPort: rule.ToPort ?? 0,
    cidrBlocks: ranges.map(({ CidrIp = "" }) => CidrIp),
    ...(ranges6.length === 0 ? {} : { ipv6CidrBlocks: ranges6.map(({ CidrIpv6 = "" }) => CidrIpv6) }),
    ...(pairs.length === 0 ? {} : { securityGroups: pairs.map(({ GroupId = "" }) => GroupId) }),
    ...(description === undefined ? {} : { description }),
  };
}
