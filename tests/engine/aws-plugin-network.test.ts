import {
  CreateTagsCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { PropertyMap } from "../../airgap/plugins/framework/provider";
import { type AwsEmulator, startAwsEmulator } from "../support/aws/emulator";
import { type Kept, PluginDriver } from "../support/aws/plugin-driver";
import { CURRENT_IMAGES } from "../support/aws/ubuntu-images";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const ROUTES = "aws:ec2/routeTable:RouteTable";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const KEY = "aws:ec2/keyPair:KeyPair";

const PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM3cd9J1rVb0w1TsVvAKhxHQo4cQgkyTHx6M1Z6kgVdG operator";
const ANYWHERE = "0.0.0.0/0";

let emulator: AwsEmulator;
let plugin: PluginDriver;
let ec2: EC2Client;

beforeAll(async () => {
  emulator = await startAwsEmulator();
  ec2 = emulator.ec2("eu-central-1");
  plugin = await PluginDriver.start();
  await plugin.configure({
    ...emulator.provider("eu-central-1"),
    defaultTags: { tags: { lab: "lab-nodes", owner: "teacher" } },
  });
});
afterAll(async () => {
  plugin?.close();
  await emulator?.stop();
});

/** Makes a resource, and takes it away again, last made first. */
async function make(type: string, inputs: PropertyMap): Promise<Kept> {
  const kept = await plugin.create(type, inputs);
  onTestFinished(() => plugin.delete(kept));
  return kept;
}

const makeVpc = (inputs: PropertyMap = {}) => make(VPC, { cidrBlock: "10.30.0.0/16", ...inputs });
const makeSubnet = (vpc: Kept, inputs: PropertyMap = {}) =>
  make(SUBNET, { vpcId: vpc.id, cidrBlock: "10.30.1.0/24", ...inputs });

/** A running instance that the API alone knows of. */
async function runInstance(subnet: Kept, groups: string[] = []): Promise<string> {
  const image = CURRENT_IMAGES[0]?.id;
  const card = { DeviceIndex: 0, SubnetId: subnet.id, AssociatePublicIpAddress: true, DeleteOnTermination: true };
  const { Instances: [made] = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: image,
      InstanceType: "t3.medium",
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ ...card, ...(groups.length === 0 ? {} : { Groups: groups }) }],
    }),
  );
  return made?.InstanceId ?? "";
}

const terminate = (id: string) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));

describe("what the API gets", () => {
  test("VPC: network, DNS attributes, tags with the provider's default tags among them", async () => {
    const vpc = await makeVpc({ enableDnsSupport: false, enableDnsHostnames: true, tags: { Name: "v", owner: "me" } });
    const tags = { lab: "lab-nodes", owner: "me", Name: "v" };
    expect(vpc.outputs).toMatchObject({ cidrBlock: "10.30.0.0/16", tags, tagsAll: tags, enableDnsSupport: false });
    const { Vpcs: [found] = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpc.id] }));
    expect(found?.CidrBlock).toBe("10.30.0.0/16");
    expect(Object.fromEntries((found?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toEqual(tags);
    const attribute = async (Attribute: "enableDnsSupport" | "enableDnsHostnames") =>
      ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpc.id, Attribute }));
    expect((await attribute("enableDnsSupport")).EnableDnsSupport?.Value).toBe(false);
    expect((await attribute("enableDnsHostnames")).EnableDnsHostnames?.Value).toBe(true);
  });

  test("subnet: VPC, network, zone, public addresses", async () => {
    const inputs = { availabilityZone: "eu-central-1b", mapPublicIpOnLaunch: true };
    const subnet = await makeSubnet(await makeVpc(), inputs);
    const { Subnets: [found] = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnet.id] }));
    expect(found).toMatchObject({
      VpcId: subnet.inputs["vpcId"],
      CidrBlock: "10.30.1.0/24",
      AvailabilityZone: "eu-central-1b",
      MapPublicIpOnLaunch: true,
    });
  });

  test("gateway, routes and their subnet", async () => {
    const vpc = await makeVpc();
    const gateway = await make(GATEWAY, { vpcId: vpc.id });
    const subnet = await makeSubnet(vpc);
    const routes = await make(ROUTES, { vpcId: vpc.id, routes: [{ cidrBlock: ANYWHERE, gatewayId: gateway.id }] });
    await make(ASSOCIATION, { subnetId: subnet.id, routeTableId: routes.id });
    const found = await ec2.send(new DescribeInternetGatewaysCommand({ InternetGatewayIds: [gateway.id] }));
    expect(found.InternetGateways?.[0]?.Attachments).toMatchObject([{ VpcId: vpc.id }]);
    const { RouteTables: [table] = [] } = await ec2.send(
      new DescribeRouteTablesCommand({ RouteTableIds: [routes.id] }),
    );
    expect(table?.Routes).toContainEqual(
      expect.objectContaining({ DestinationCidrBlock: ANYWHERE, GatewayId: gateway.id }),
    );
    expect(table?.Associations).toMatchObject([{ SubnetId: subnet.id }]);
  });

  test("security group: exactly the given rules, without EC2's own one for egress", async () => {
    const vpc = await makeVpc();
    const ssh = {
      description: "SSH",
      protocol: "tcp",
      fromPort: 22,
      toPort: 22,
      cidrBlocks: ["192.0.2.0/24", "198.51.100.0/24"],
    };
    const group = await make(GROUP, { namePrefix: "ssh-", description: "d", vpcId: vpc.id, ingress: [ssh] });
    const { SecurityGroups: [found] = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [group.id] }),
    );
    expect(found?.IpPermissionsEgress).toEqual([]);
    expect(found?.IpPermissions).toMatchObject([
      {
        IpProtocol: "tcp",
        FromPort: 22,
        ToPort: 22,
        IpRanges: [
          { CidrIp: "192.0.2.0/24", Description: "SSH" },
          { CidrIp: "198.51.100.0/24", Description: "SSH" },
        ],
      },
    ]);
    expect(found?.GroupName).toMatch(/^ssh-[0-9a-f]{26}$/);
    expect(group.outputs["name"]).toBe(found?.GroupName);
  });

  test("key pair: name and public key", async () => {
    const key = await make(KEY, { keyNamePrefix: "lab-", publicKey: PUBLIC_KEY, tags: { Name: "k" } });
    const command = new DescribeKeyPairsCommand({ KeyNames: [key.id], IncludePublicKey: true });
    const { KeyPairs: [found] = [] } = await ec2.send(command);
    expect(found).toMatchObject({ KeyName: expect.stringMatching(/^lab-[0-9a-f]{26}$/), PublicKey: PUBLIC_KEY });
    expect(found?.Tags).toContainEqual({ Key: "Name", Value: "k" });
  });
});

describe("refresh", () => {
  test("finds what was made, and nothing to change", async () => {
    const vpc = await makeVpc({ enableDnsHostnames: true });
    const gateway = await make(GATEWAY, { vpcId: vpc.id, tags: { Name: "g" } });
    const subnet = await makeSubnet(vpc);
    const routes = await make(ROUTES, { vpcId: vpc.id, routes: [{ cidrBlock: ANYWHERE, gatewayId: gateway.id }] });
    const association = await make(ASSOCIATION, { subnetId: subnet.id, routeTableId: routes.id });
    const all = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [ANYWHERE] };
    const group = await make(GROUP, { name: "ssh", vpcId: vpc.id, egress: [all] });
    const key = await make(KEY, { keyName: "k", publicKey: PUBLIC_KEY });
    for (const kept of [vpc, gateway, subnet, routes, association, group, key]) {
      const found = await plugin.read(kept);
      expect(found, kept.type).toEqual(kept);
      expect(await plugin.diff(kept, kept.inputs), kept.type).toEqual({ changed: [], replaces: [] });
    }
  });

  test("sees a tag that somebody added, and the next update takes it away", async () => {
    const vpc = await makeVpc({ tags: { Name: "v" } });
    await ec2.send(new CreateTagsCommand({ Resources: [vpc.id], Tags: [{ Key: "stray", Value: "x" }] }));
    const found = await plugin.read(vpc);
    expect(found === undefined ? undefined : await plugin.diff(found, vpc.inputs)).toEqual({
      changed: ["tags"],
      replaces: [],
    });
    const updated = await plugin.update(vpc, vpc.inputs);
    expect(updated.outputs["tags"]).toEqual({ lab: "lab-nodes", owner: "teacher", Name: "v" });
  });

  test("says that what is gone is gone, and deleting it again is no error", async () => {
    const vpc = await plugin.create(VPC, { cidrBlock: "10.31.0.0/16" });
    const key = await plugin.create(KEY, { keyName: "gone", publicKey: PUBLIC_KEY });
    for (const kept of [vpc, key]) {
      await plugin.delete(kept);
      expect(await plugin.read(kept)).toBeUndefined();
      await plugin.delete(kept);
    }
  });
});

describe("update", () => {
  test("moves rules, routes, attributes and tags in place", async () => {
    const vpc = await makeVpc({ tags: { Name: "old", gone: "x" } });
    const moved = await plugin.update(vpc, {
      cidrBlock: "10.30.0.0/16",
      enableDnsHostnames: true,
      tags: { Name: "new" },
    });
    expect(moved.outputs).toMatchObject({ enableDnsHostnames: true });
    expect(moved.outputs["tags"]).toEqual({ lab: "lab-nodes", owner: "teacher", Name: "new" });

    const rule = (cidr: string) => ({ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [cidr] });
    const group = await make(GROUP, { name: "g", vpcId: vpc.id, ingress: [rule("192.0.2.0/24")] });
    const other = { name: "g", vpcId: vpc.id, ingress: [rule("198.51.100.0/24")] };
    expect(await plugin.diff(group, other)).toEqual({ changed: ["ingress"], replaces: [] });
    await plugin.update(group, other);
    const { SecurityGroups: [found] = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [group.id] }),
    );
    expect(found?.IpPermissions?.flatMap(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp))).toEqual([
      "198.51.100.0/24",
    ]);
  });

  test("lets another group in, and no longer", async () => {
    const vpc = await makeVpc();
    const from = await make(GROUP, { name: "from", vpcId: vpc.id });
    const ssh = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["192.0.2.0/24"] };
    const inputs = { name: "to", vpcId: vpc.id, ingress: [{ ...ssh, securityGroups: [from.id] }] };
    const group = await make(GROUP, inputs);
    expect((await plugin.read(group))?.outputs["ingress"]).toEqual(inputs.ingress);
    const closed = await plugin.update(group, { ...inputs, ingress: [ssh] });
    expect(closed.outputs["ingress"]).toEqual([ssh]);
  });

  test("finishes what a create left half-made", async () => {
    const vpc = await makeVpc();
    const gateway = await make(GATEWAY, { vpcId: vpc.id });
    const wrong = { vpcId: vpc.id, routes: [{ cidrBlock: ANYWHERE, gatewayId: "igw-00000000000000000" }] };
    await expect(plugin.create(ROUTES, wrong)).rejects.toThrow(
      /route table rtb-\w+ was made, but is not what it should/,
    );
    const { RouteTables: tables = [] } = await ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: "tag:lab", Values: ["lab-nodes"] }] }),
    );
    expect(tables).toHaveLength(1);
    const half: Kept = { type: ROUTES, id: tables[0]?.RouteTableId ?? "", inputs: wrong, outputs: wrong };
    onTestFinished(() => plugin.delete(half));
    const repaired = await plugin.update(half, {
      vpcId: vpc.id,
      routes: [{ cidrBlock: ANYWHERE, gatewayId: gateway.id }],
    });
    expect(repaired.outputs["routes"]).toEqual([{ cidrBlock: ANYWHERE, gatewayId: gateway.id }]);
  });
});

describe("deleting in the wrong order is refused as EC2 refuses it", () => {
  test("a VPC with a subnet, a gateway or a group in it", async () => {
    const vpc = await makeVpc();
    for (const [type, inputs] of [
      [SUBNET, { vpcId: vpc.id, cidrBlock: "10.30.1.0/24" }],
      [GATEWAY, { vpcId: vpc.id }],
      [GROUP, { name: "g", vpcId: vpc.id }],
      [ROUTES, { vpcId: vpc.id }],
    ] as const) {
      const inside = await plugin.create(type, inputs);
      await expect(plugin.delete(vpc), type).rejects.toThrow(/has dependencies and cannot be deleted/);
      await plugin.delete(inside);
    }
  });

  test("a subnet, a group and a gateway that an instance needs", async () => {
    const vpc = await makeVpc();
    const gateway = await make(GATEWAY, { vpcId: vpc.id });
    const subnet = await makeSubnet(vpc);
    const group = await make(GROUP, { name: "g", vpcId: vpc.id });
    const id = await runInstance(subnet, [group.id]);
    for (const kept of [subnet, group, gateway]) {
      await expect(plugin.delete(kept), kept.type).rejects.toThrow(/has dependencies and cannot be deleted.*(eni|i)-/);
    }
    await terminate(id);
  });

  test("a route table that a subnet uses", async () => {
    const vpc = await makeVpc();
    const subnet = await makeSubnet(vpc);
    const routes = await make(ROUTES, { vpcId: vpc.id });
    await make(ASSOCIATION, { subnetId: subnet.id, routeTableId: routes.id });
    await expect(plugin.delete(routes)).rejects.toThrow(/has dependencies and cannot be deleted: rtbassoc-/);
  });
});
