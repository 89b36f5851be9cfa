import {
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  type Tag,
} from "@aws-sdk/client-ec2";
import { openClients } from "../../../adapters/aws/clients";
import { userName } from "../../../adapters/files/own-machine";
import type { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { StateResource } from "../../../core/class-state/state-resource";
import { regionOfStack, textIn } from "../doctor/region";

/** Tags of every resource of a class at AWS. They include the owner, since others may have a class of the same name. */
interface ClassTags {
  readonly lab: string;
  readonly class: string;
  readonly owner: string;
}

/** A class at AWS. */
export interface AwsClass {
  readonly region: string;
  readonly tags: ClassTags;
}

const PROJECT = "lab-nodes";

/** What knows of a class. */
export interface AwsClassSources {
  readonly resources: readonly StateResource[];
  readonly config: Pick<StackConfig, "read">;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Region and tags of a stack's class: from the state, since settings may have changed after it was made; for an empty state
 * from the settings. Undefined if no region is set anywhere.
 */
export function awsClassOf(stack: string, { resources, config, environment }: AwsClassSources): AwsClass | undefined {
  const provider = resources.find(({ type }) => type === "pulumi:providers:aws");
  const region = textIn(provider?.inputs["region"]) ?? regionOfStack(config, environment);
  const owners = [...resources.map(({ inputs }) => ownerIn(inputs["tags"])), config.read()["owner"]];
  const owner = owners.map(textIn).find((name) => name !== undefined);
  return region === undefined
    ? undefined
    : { region, tags: { lab: PROJECT, class: stack, owner: owner ?? userName() } };
}

function ownerIn(tags: unknown): unknown {
  return typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>)["owner"] : undefined;
}

/** Kinds of resources that a class may leave behind at AWS. */
export type AwsResourceKind =
  | "instance"
  | "network interface"
  | "volume"
  | "key pair"
  | "security group"
  | "subnet"
  | "route table"
  | "internet gateway"
  | "VPC";

/** A resource of a class that exists. */
export interface AwsResource {
  readonly kind: AwsResourceKind;
  readonly id: string;
  /** Its tag `Name`. */
  readonly name: string;
  /** VPCs that a gateway is attached to. */
  readonly attachedTo: readonly string[];
}

/** A resource in an answer of EC2. */
interface Described {
  readonly id: string | undefined;
  readonly tags: readonly Tag[] | undefined;
  readonly attachedTo?: readonly string[];
}

/** States of instances that still cost, or hold something. */
export const LIVING_STATES = ["pending", "running", "shutting-down", "stopping", "stopped"];

/** Everything of a class, in the order in which it can be removed. Rejects when AWS refuses an answer. */
export async function awsResources({ region, tags }: AwsClass): Promise<AwsResource[]> {
  const { ec2 } = openClients(region);
  const filters = Object.entries(tags).map(([name, value]): Filter => ({ Name: `tag:${name}`, Values: [value] }));
  const lists = await Promise.all(
    QUERIES.map(async ([kind, query]) => (await query(ec2, filters)).map((one) => ({ ...one, kind }))),
  );
  return (
    lists
      .flat()
      // AWS's filters are not trusted alone: somebody is going to remove what is listed here.
      .filter(({ tags: given }) => Object.entries(tags).every(([name, value]) => tagOf(given, name) === value))
      .map(({ kind, id = "", tags: given, attachedTo = [] }) => ({
        kind,
        id,
        name: tagOf(given, "Name") ?? "",
        attachedTo,
      }))
  );
}

type Query = (ec2: EC2Client, filters: Filter[]) => Promise<Described[]>;

const QUERIES: readonly (readonly [AwsResourceKind, Query])[] = [
  [
    "instance",
    async (ec2, filters) => {
      const Filters = [...filters, { Name: "instance-state-name", Values: LIVING_STATES }];
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
      return Reservations.flatMap(({ Instances }) => described(Instances, "InstanceId"));
    },
  ],
  [
    "network interface",
    async (ec2, Filters) => {
      const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
      return NetworkInterfaces.map(({ NetworkInterfaceId: id, TagSet: tags }) => ({ id, tags }));
    },
  ],
  [
    "volume",
    async (ec2, Filters) => described((await ec2.send(new DescribeVolumesCommand({ Filters }))).Volumes, "VolumeId"),
  ],
  [
    "key pair",
    async (ec2, Filters) => described((await ec2.send(new DescribeKeyPairsCommand({ Filters }))).KeyPairs, "KeyPairId"),
  ],
  [
    "security group",
    async (ec2, Filters) =>
      described((await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups, "GroupId"),
  ],
  [
    "subnet",
    async (ec2, Filters) => described((await ec2.send(new DescribeSubnetsCommand({ Filters }))).Subnets, "SubnetId"),
  ],
  [
    "route table",
    async (ec2, Filters) =>
      described((await ec2.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables, "RouteTableId"),
  ],
  [
    "internet gateway",
    async (ec2, Filters) => {
      const { InternetGateways = [] } = await ec2.send(new DescribeInternetGatewaysCommand({ Filters }));
      return InternetGateways.map(({ InternetGatewayId: id, Tags: tags, Attachments = [] }) => ({
        id,
        tags,
        attachedTo: Attachments.flatMap(({ VpcId }) => VpcId ?? []),
      }));
    },
  ],
  ["VPC", async (ec2, Filters) => described((await ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs, "VpcId")],
];

/** Resources with their ids, which EC2 names after their kind. */
function described<Id extends string>(
  resources: readonly ({ readonly Tags?: Tag[] | undefined } & { readonly [K in Id]?: string | undefined })[] = [],
  id: Id,
): Described[] {
  return resources.map((resource) => ({ id: resource[id], tags: resource.Tags }));
}

/** The value of a tag. Undefined: there is none. */
export function tagOf(tags: readonly Tag[] | undefined, name: string): string | undefined {
  return tags?.find(({ Key }) => Key === name)?.Value;
}
