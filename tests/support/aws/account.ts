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
  type Instance,
  type Tag,
} from "@aws-sdk/client-ec2";
import { type Tags, tagMap } from "./plugin/tags";

/** Something that an account has in one region. */
export interface AwsResource {
  readonly id: string;
  readonly tags: Tags;
}

/** Instances that are not terminated: those stay to be seen for an hour. */
export async function livingInstances(ec2: EC2Client): Promise<Instance[]> {
  const { Reservations: reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const instances = reservations.flatMap(({ Instances = [] }) => Instances);
  return instances.filter(({ State }) => State?.Name !== "terminated");
}

/** Everything that a class may leave behind, and what an account has from the start; sorted by id. */
export async function awsResources(ec2: EC2Client): Promise<AwsResource[]> {
  const lists = await Promise.all([
    livingInstances(ec2).then((all) => all.map((one) => awsResource(one.InstanceId, one.Tags))),
    ec2
      .send(new DescribeVolumesCommand({}))
      .then(({ Volumes: all = [] }) => all.map((one) => awsResource(one.VolumeId, one.Tags))),
    ec2
      .send(new DescribeKeyPairsCommand({}))
      .then(({ KeyPairs: all = [] }) => all.map((one) => awsResource(one.KeyPairId, one.Tags))),
    ec2
      .send(new DescribeSecurityGroupsCommand({}))
      .then(({ SecurityGroups: all = [] }) => all.map((one) => awsResource(one.GroupId, one.Tags))),
    ec2
      .send(new DescribeSubnetsCommand({}))
      .then(({ Subnets: all = [] }) => all.map((one) => awsResource(one.SubnetId, one.Tags))),
    ec2
      .send(new DescribeInternetGatewaysCommand({}))
      .then(({ InternetGateways: all = [] }) => all.map((one) => awsResource(one.InternetGatewayId, one.Tags))),
    ec2
      .send(new DescribeRouteTablesCommand({}))
      .then(({ RouteTables: all = [] }) => all.map((one) => awsResource(one.RouteTableId, one.Tags))),
    ec2
      .send(new DescribeVpcsCommand({}))
      .then(({ Vpcs: all = [] }) => all.map((one) => awsResource(one.VpcId, one.Tags))),
    ec2
      .send(new DescribeNetworkInterfacesCommand({}))
      .then(({ NetworkInterfaces: all = [] }) => all.map((one) => awsResource(one.NetworkInterfaceId, one.TagSet))),
  ]);
  return lists.flat().sort((left, right) => left.id.localeCompare(right.id));
}

function awsResource(id: string | undefined, tags: Tag[] | undefined): AwsResource {
  return { id: id ?? "", tags: tagMap(tags) };
}
