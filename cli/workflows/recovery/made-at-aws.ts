import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import type { Checkpoint } from "../../../adapters/pulumi/state";

/** Names of resource types, as the audit of AWS has them. */
const KINDS: Readonly<Record<string, string>> = {
  "aws:ec2/instance:Instance": "instance",
  "aws:ec2/vpc:Vpc": "VPC",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/securityGroup:SecurityGroup": "security group",
  "aws:ec2/internetGateway:InternetGateway": "internet gateway",
  "aws:ec2/routeTable:RouteTable": "route table",
};

/**
 * Resources whose creation was cut off, and which AWS has all the same: id by urn. Found by the class's tags and the tag
 * `Name`, and taken for what they seem only when nothing else has that name.
 */
export async function findMadeAtAws(
  { stack, config }: OpenedStack,
  { resources, pending }: Checkpoint,
): Promise<ReadonlyMap<string, string>> {
  const created = pending.filter(({ type, resource }) => type === "creating" && KINDS[resource.type] !== undefined);
  if (created.length === 0) {
    return new Map();
  }
  // Loaded for this target alone.
  const { awsClassOf } = require("../audit/aws-class") as typeof import("../audit/aws-class");
  const { awsResources } = require("../audit/aws-resources") as typeof import("../audit/aws-resources");
  const sources = { resources: [...resources, ...created.map(({ resource }) => resource)], config };
  const awsClass = awsClassOf(stack.name, { ...sources, environment: stack.environment });
  const known = new Set(resources.map(({ id }) => id));
  const there = awsClass === undefined ? [] : (await awsResources(awsClass)).filter(({ id }) => !known.has(id));
  return new Map(
    created.flatMap(({ resource }) => {
      const same = there.filter(
        ({ kind, name }) => kind === KINDS[resource.type] && name !== "" && name === nameTag(resource.inputs["tags"]),
      );
      return same.length === 1 ? same.map(({ id }) => [resource.urn, id] as const) : [];
    }),
  );
}

function nameTag(tags: unknown): unknown {
  return typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>)["Name"] : undefined;
}
