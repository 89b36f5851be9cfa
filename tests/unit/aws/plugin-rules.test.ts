import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PropertyMap } from "../../../airgap/plugins/framework/provider";
import { PluginDriver } from "../../support/aws/plugin-driver";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const ROUTES = "aws:ec2/routeTable:RouteTable";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const KEY = "aws:ec2/keyPair:KeyPair";
const INSTANCE = "aws:ec2/instance:Instance";

/** A whole, right resource of each type. */
const RIGHT: Record<string, PropertyMap> = {
  [VPC]: { cidrBlock: "10.0.0.0/16" },
  [SUBNET]: { cidrBlock: "10.0.0.0/24", vpcId: "vpc-1" },
  [GATEWAY]: { vpcId: "vpc-1" },
  [ROUTES]: { vpcId: "vpc-1", routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] },
  [GROUP]: { name: "g", description: "d", vpcId: "vpc-1" },
  [KEY]: { keyName: "k", publicKey: "ssh-ed25519 AAAA" },
  [INSTANCE]: {
    ami: "ami-1",
    instanceType: "t3.medium",
    userDataBase64: "YQ==",
    userDataReplaceOnChange: true,
    rootBlockDevice: { encrypted: true, volumeSize: 20 },
  },
};

let plugin: PluginDriver;
beforeAll(async () => {
  plugin = await PluginDriver.start();
});
afterAll(() => plugin.close());

describe("inputs that the plugin does not pass on are refused by name", () => {
  test.each([
    [VPC, { ipv6CidrBlock: "x" }, /"ipv6CidrBlock" of aws:ec2\/vpc:Vpc/],
    [ROUTES, { routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }] }, /"routes.natGatewayId"/],
    [GROUP, { ingress: [{ protocol: "tcp", self: true }] }, /"ingress.self"/],
    [INSTANCE, { iamInstanceProfile: "x" }, /"iamInstanceProfile"/],
    [INSTANCE, { metadataOptions: { httpProtocolIpv6: "enabled" } }, /"metadataOptions.httpProtocolIpv6"/],
    [INSTANCE, { rootBlockDevice: { snapshotId: "x" } }, /"rootBlockDevice.snapshotId"/],
    [INSTANCE, { instanceMarketOptions: { spotOptions: { x: 1 } } }, /"instanceMarketOptions.spotOptions.x"/],
  ])("%s %j", async (type, inputs, refusal) => {
    await plugin.check(type, RIGHT[type] ?? {});
    await expect(plugin.check(type, { ...RIGHT[type], ...inputs } as PropertyMap)).rejects.toThrow(refusal);
  });
});

describe("what is needed and missing is named", () => {
  test.each([
    [VPC, { cidrBlock: null }, /^cidrBlock: cidrBlock is required/],
    [GROUP, { name: null }, /exactly one of name, namePrefix must be given, and none is/],
    [KEY, { keyNamePrefix: "p" }, /exactly one of keyName, keyNamePrefix must be given, and keyName, keyNamePrefix is/],
    [INSTANCE, { userData: "x" }, /conflicts with userDataBase64/],
    [INSTANCE, { userDataBase64: "?" }, /Invalid BASE64 encoding/],
  ])("%s %j", async (type, inputs, refusal) => {
    await expect(plugin.check(type, { ...RIGHT[type], ...inputs })).rejects.toThrow(refusal);
  });
});

describe("a changed input replaces the resource exactly where the official schema says so", () => {
  test.each<[string, PropertyMap, string[]]>([
    [VPC, { cidrBlock: "10.1.0.0/16" }, ["cidrBlock"]],
    [VPC, { enableDnsHostnames: true }, []],
    [VPC, { tags: { a: "b" } }, []],
    [SUBNET, { vpcId: "vpc-2" }, ["vpcId"]],
    [SUBNET, { cidrBlock: "10.0.1.0/24" }, ["cidrBlock"]],
    [SUBNET, { availabilityZone: "eu-central-1b" }, ["availabilityZone"]],
    [SUBNET, { mapPublicIpOnLaunch: true }, []],
    [GATEWAY, { vpcId: "vpc-2" }, []],
    [ROUTES, { routes: [] }, []],
    [ROUTES, { vpcId: "vpc-2" }, ["vpcId"]],
    [GROUP, { name: "h" }, ["name"]],
    [GROUP, { description: "e" }, ["description"]],
    [GROUP, { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22 }] }, []],
    [GROUP, { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, securityGroups: ["sg-2"] }] }, []],
    [KEY, { publicKey: "ssh-ed25519 BBBB" }, ["publicKey"]],
    [KEY, { keyName: "l" }, ["keyName"]],
    [INSTANCE, { ami: "ami-2" }, ["ami"]],
    [INSTANCE, { subnetId: "subnet-2" }, ["subnetId"]],
    [INSTANCE, { keyName: "k" }, ["keyName"]],
    [INSTANCE, { associatePublicIpAddress: true }, ["associatePublicIpAddress"]],
    [INSTANCE, { instanceMarketOptions: { marketType: "spot" } }, ["instanceMarketOptions"]],
    [INSTANCE, { userDataBase64: "Yg==" }, ["userDataBase64"]],
    [INSTANCE, { userDataBase64: "Yg==", userDataReplaceOnChange: false }, []],
    [INSTANCE, { rootBlockDevice: { encrypted: false, volumeSize: 20 } }, ["rootBlockDevice"]],
    [INSTANCE, { rootBlockDevice: { encrypted: true, volumeSize: 30 } }, []],
    [INSTANCE, { instanceType: "t3.large" }, []],
    [INSTANCE, { metadataOptions: { httpTokens: "required" } }, []],
    [INSTANCE, { vpcSecurityGroupIds: ["sg-2"] }, []],
    [INSTANCE, { volumeTags: { a: "b" } }, []],
  ])("%s %j -> %j", async (type, change, replaces) => {
    const inputs = await plugin.check(type, RIGHT[type] ?? {});
    const kept = { type, id: "x", inputs, outputs: inputs };
    expect(await plugin.diff(kept, RIGHT[type] ?? {})).toEqual({ changed: [], replaces: [] });
    const found = await plugin.diff(kept, { ...RIGHT[type], ...change });
    expect(found.changed).toEqual(expect.arrayContaining(Object.keys(change)));
    expect(found.replaces).toEqual(replaces);
  });
});
