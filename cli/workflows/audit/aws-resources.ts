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
import { settingAt } from "../../../config/settings";
import { regionOf } from "../../../core/aws/facts";
import type { StateResource } from "../../../core/class-state/state-resource";

/** By what everything of a class at AWS is known. Others may have a class of the same name: the owner is part of it. */
export interface ClassTags {
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

/**
 * Where a stack's class is, and its tags: as the state has them, since settings may have changed after it was made; for an
 * empty state as the settings say now. Undefined when nobody says which region.
 */
export function awsClassOf(stack: string, { resources, config, environment }: AwsClassSources): AwsClass | undefined {
  const ofState = saidIn(resources.find(({ type }) => type === "pulumi:providers:aws")?.inputs["region"]);
  const ofStack = saidIn(config.read("aws")["region"]);
  const region = ofState ?? regionOf(saidIn(settingAt(config.read(), "aws.region")), { ofStack, environment });
  const owners = [...resources.map(({ inputs }) => ownerIn(inputs["tags"])), config.read()["owner"]];
  const owner = owners.map(saidIn).find((name) => name !== undefined);
  return region === undefined
    ? undefined
    : { region, tags: { lab: PROJECT, class: stack, owner: owner ?? userName() } };
}

/** What knows of a class. */
export interface AwsClassSources {
  readonly resources: readonly StateResource[];
  readonly config: Pick<StackConfig, "read">;
  readonly environment: NodeJS.ProcessEnv;
}

function ownerIn(tags: unknown): unknown {
  return typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>)["owner"] : undefined;
}

function saidIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What a class may leave behind at AWS. */
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

/** Something that is there, and is the class's. */
export interface AwsResource {
  readonly kind: AwsResourceKind;
  readonly id: string;
  /** For the eye: its tag `Name`, or what EC2 says of it. */
  readonly name: string;
  /** VPCs that a gateway is attached to. */
  readonly attachedTo: readonly string[];
}

/** One answer of EC2, whatever it was about. */
interface Described {
  readonly id: string | undefined;
  readonly tags: readonly Tag[] | undefined;
  readonly attachedTo?: readonly string[];
}

/** States of instances that still cost, or hold something. */
const LIVING = ["pending", "running", "shutting-down", "stopping", "stopped"];

/** Everything of a class, in the order in which it can be removed. Rejects when AWS refuses an answer. */
export async function awsResources({ region, tags }: AwsClass): Promise<AwsResource[]> {
  const { ec2 } = openClients(region);
  const filters = Object.entries(tags).map(([name, value]): Filter => ({ Name: `tag:${name}`, Values: [value] }));
  const lists = await Promise.all(
    QUESTIONS.map(async ([kind, question]) => (await question(ec2, filters)).map((one) => ({ ...one, kind }))),
  );
  return (
    lists
      .flat()
      // Not on AWS's word alone: what is listed here is going to be removed by somebody.
      .filter((one) => isOfClass(one.tags, tags))
      .map(({ kind, id = "", tags: given, attachedTo = [] }) => ({
        kind,
        id,
        name: tagOf(given, "Name") ?? "",
        attachedTo,
      }))
  );
}

type Question = (ec2: EC2Client, filters: Filter[]) => Promise<Described[]>;

const QUESTIONS: readonly (readonly [AwsResourceKind, Question])[] = [
  [
    "instance",
    async (ec2, filters) => {
      const Filters = [...filters, { Name: "instance-state-name", Values: LIVING }];
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
      const all = Reservations.flatMap(({ Instances = [] }) => Instances);
      return all.map(({ InstanceId: id, Tags: tags }) => ({ id, tags }));
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
    async (ec2, Filters) => {
      const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters }));
      return Volumes.map(({ VolumeId: id, Tags: tags }) => ({ id, tags }));
    },
  ],
  [
    "key pair",
    async (ec2, Filters) => {
      const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({ Filters }));
      return KeyPairs.map(({ KeyPairId: id, Tags: tags }) => ({ id, tags }));
    },
  ],
  [
    "security group",
    async (ec2, Filters) => {
      const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      return SecurityGroups.map(({ GroupId: id, Tags: tags }) => ({ id, tags }));
    },
  ],
  [
    "subnet",
    async (ec2, Filters) => {
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
      return Subnets.map(({ SubnetId: id, Tags: tags }) => ({ id, tags }));
    },
  ],
  [
    "route table",
    async (ec2, Filters) => {
      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
      return RouteTables.map(({ RouteTableId: id, Tags: tags }) => ({ id, tags }));
    },
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
  [
    "VPC",
    async (ec2, Filters) => {
      const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters }));
      return Vpcs.map(({ VpcId: id, Tags: tags }) => ({ id, tags }));
    },
  ],
];

function isOfClass(given: readonly Tag[] | undefined, tags: ClassTags): boolean {
  return Object.entries(tags).every(([name, value]) => tagOf(given, name) === value);
}

function tagOf(tags: readonly Tag[] | undefined, name: string): string | undefined {
  return tags?.find(({ Key }) => Key === name)?.Value;
}
