import { CreateSubnetCommand, CreateVpcCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AwsEmulator, startAwsEmulator } from "../support/aws/emulator";
import { PluginDriver } from "../support/aws/plugin-driver";
import { CANONICAL, CURRENT_IMAGES, IMPOSTOR, parameterName, type SeededImage } from "../support/aws/ubuntu-images";

const PINNED: SeededImage = { id: "ami-0e00000000000f17e", region: "eu-central-1", architecture: "x86_64" };

let emulator: AwsEmulator;
let plugin: PluginDriver;

beforeAll(async () => {
  emulator = await startAwsEmulator({ images: [PINNED] });
  plugin = await PluginDriver.start();
  await plugin.configure({ ...emulator.provider("eu-central-1") });
});
afterAll(async () => {
  plugin?.close();
  await emulator?.stop();
});

const byId = (id: string) => [{ name: "image-id", values: [id] }];
const getAmi = (args: Parameters<PluginDriver["invoke"]>[1]) => plugin.invoke("aws:ec2/getAmi:getAmi", args);

describe("the provider", () => {
  test("refuses a region that is none", async () => {
    const other = await PluginDriver.start();
    await expect(other.configure({ ...emulator.provider("eu-nowhere-1") })).rejects.toThrow(
      "invalid AWS Region: eu-nowhere-1",
    );
    other.close();
  });
});

describe("getAmi", () => {
  test.each(CURRENT_IMAGES.filter(({ region }) => region === "eu-central-1"))(
    "finds Canonical's image that the public parameter names: $architecture",
    async ({ id, architecture }) => {
      const parameter = await plugin.invoke("aws:ssm/getParameter:getParameter", { name: parameterName(architecture) });
      expect(parameter).toMatchObject({ value: id, insecureValue: id, type: "String" });
      const found = await getAmi({ filters: byId(id), owners: [CANONICAL] });
      expect(found).toMatchObject({ id, architecture, ownerId: CANONICAL, rootDeviceName: "/dev/sda1" });
    },
  );

  test("finds an image that the lock file pins", async () => {
    expect(await getAmi({ filters: byId(PINNED.id), owners: [CANONICAL] })).toMatchObject({ id: PINNED.id });
  });

  test.each([
    ["somebody else's image", IMPOSTOR.id],
    ["another region's image", CURRENT_IMAGES.find(({ region }) => region === "us-east-1")?.id ?? ""],
    ["an image that is not there", "ami-00000000000000000"],
  ])("finds nothing for %s", async (_what, id) => {
    await expect(getAmi({ filters: byId(id), owners: [CANONICAL] })).rejects.toThrow("Your query returned no results");
  });

  test("wants a single one, unless the most recent will do", async () => {
    await expect(getAmi({ owners: [CANONICAL] })).rejects.toThrow("Your query returned more than one result");
    expect(await getAmi({ owners: [CANONICAL], mostRecent: true })).toMatchObject({ ownerId: CANONICAL });
  });

  test("refuses an input that it does not pass on", async () => {
    await expect(getAmi({ nameRegex: "x" })).rejects.toThrow(/"nameRegex" of aws:ec2\/getAmi/);
  });
});

test("getParameter says which parameter there is not", async () => {
  await expect(plugin.invoke("aws:ssm/getParameter:getParameter", { name: "/no/such" })).rejects.toThrow(
    /reading SSM Parameter \(\/no\/such\): ParameterNotFound/,
  );
});

describe("getInstanceType", () => {
  test.each([
    ["t3.medium", "x86_64"],
    ["t4g.medium", "arm64"],
  ])("knows the architecture of %s", async (instanceType, architecture) => {
    const found = await plugin.invoke("aws:ec2/getInstanceType:getInstanceType", { instanceType });
    expect(found).toMatchObject({ supportedArchitectures: [architecture], defaultVcpus: 2, memorySize: 4096 });
  });

  test("says which type there is not", async () => {
    await expect(plugin.invoke("aws:ec2/getInstanceType:getInstanceType", { instanceType: "t9.huge" })).rejects.toThrow(
      /reading EC2 Instance Type \(t9.huge\): InvalidInstanceType/,
    );
  });
});

test("getInstanceTypeOfferings gives the zones that offer a type, and none for one that is offered nowhere", async () => {
  const zones = (type: string) =>
    plugin.invoke("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", {
      locationType: "availability-zone",
      filters: [{ name: "instance-type", values: [type] }],
    });
  expect((await zones("t3.medium"))["locations"]).toEqual(["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
  expect((await zones("t9.huge"))["locations"]).toEqual([]);
});

test("getSubnet finds one by its id, and says when there is none", async () => {
  const ec2 = emulator.ec2("eu-central-1");
  const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.50.0.0/16" }));
  const { Subnet: subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock: "10.50.1.0/24" }));
  const getSubnet = (id: string) => plugin.invoke("aws:ec2/getSubnet:getSubnet", { id });
  expect(await getSubnet(subnet?.SubnetId ?? "")).toMatchObject({
    vpcId: vpc?.VpcId,
    availabilityZone: subnet?.AvailabilityZone,
    availableIpAddressCount: 251,
  });
  await expect(getSubnet("subnet-00000000000000000")).rejects.toThrow(/reading EC2 Subnet: InvalidSubnetID.NotFound/);
});
