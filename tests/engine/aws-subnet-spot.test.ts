import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  type Instance,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { execa } from "execa";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instructorCodeIn } from "../e2e/portal-at-work";
import { claimSeat, clickThrough, terminalReady } from "../e2e/portal-page";
import { type AwsResource, awsResources, livingInstances } from "../support/aws/account";
import { type AwsLab, makeAwsLab } from "../support/aws/aws-lab";
import { freshContext, launchChromium } from "../support/browser";
import { expectSuccess, onNode } from "../support/lab-facts";

const FOREIGN = { CidrBlock: "10.5.0.0/16" };
const OPERATORS = "203.0.113.0/24";
const STUDENTS = "198.51.100.0/24";
const SETTINGS = "/var/lib/lab-portal/settings.json";
const PORT = 8444;

/** One seat as a spot instance, and the portal's machine, in a subnet that somebody else made: the settings that the usual class leaves out. */
describe("a lab at AWS in a subnet that is there already, on the spot market, with its portal (the API is moto's)", () => {
  let aws: AwsLab;
  let subnetId: string;
  let before: AwsResource[];

  beforeAll(async () => {
    aws = await makeAwsLab("eu-central-1", {
      "aws.allowedCidrs": OPERATORS,
      "aws.portalCidrs": STUDENTS,
      "aws.spot": true,
      portal: "node",
      portalPort: PORT,
    });
    const { Vpc: vpc } = await aws.ec2.send(new CreateVpcCommand(FOREIGN));
    const { Subnet: subnet } = await aws.ec2.send(
      new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock: "10.5.1.0/24", AvailabilityZone: "eu-central-1a" }),
    );
    subnetId = subnet?.SubnetId ?? "";
    before = await awsResources(aws.ec2);
    await aws.lab.pulumi("stack", "init", aws.lab.stack);
    expectSuccess(await aws.lab.pulumi("config", "set", "--path", "lab-nodes:aws.subnetId", subnetId));
    expectSuccess(await aws.lab.lab("up", "--no-verify"));
  });
  afterAll(() => aws?.remove());

  const instanceAt = async (place: string) => {
    const found = (await livingInstances(aws.ec2)).filter(({ Tags = [] }) =>
      Tags.some(({ Key, Value }) => Key === "seat" && Value === place),
    );
    expect(found, place).toHaveLength(1);
    return found[0] as Instance;
  };

  test("comes up there, with no network of its own", async () => {
    const spot = { SubnetId: subnetId, InstanceLifecycle: "spot" };
    expect(await livingInstances(aws.ec2)).toMatchObject([spot, spot]);
    const old = new Set(before.map(({ id }) => id));
    const kinds = (await awsResources(aws.ec2)).filter(({ id }) => !old.has(id)).map(({ id }) => id.split("-")[0]);
    expect(kinds.filter((kind) => kind !== "eni").sort()).toEqual(["i", "i", "key", "sg", "sg", "vol", "vol"]);
    expect(await onNode(aws.lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("lets students in to the portal alone, and the portal's machine to seats by SSH alone", async () => {
    const groups = async (place: string) =>
      (await instanceAt(place)).SecurityGroups?.map(({ GroupId = "" }) => GroupId);
    const [ssh = "", ...further] = (await groups("seat01")) ?? [];
    expect(further).toEqual([]);
    const [portal = "", ...others] = ((await groups("portal")) ?? []).filter((id) => id !== ssh);
    expect(others).toEqual([]);
    const rulesOf = async (id: string) => {
      const { SecurityGroups } = await aws.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
      return (SecurityGroups?.[0]?.IpPermissions ?? []).map(ruleText);
    };
    expect(await rulesOf(ssh)).toEqual([`tcp 22-22 from ${OPERATORS}, ${portal}`]);
    expect(await rulesOf(portal)).toEqual([`tcp ${PORT}-${PORT} from ${STUDENTS}`]);
    expect((await instanceAt("portal")).MetadataOptions).toMatchObject({
      HttpTokens: "required",
      HttpPutResponseHopLimit: 1,
    });
  });

  describe("`lab portal`", () => {
    let browser: Browser;
    let settings: string;

    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());

    test("brings it to its instance; a student's code gives the seat, and its terminal", async () => {
      const { stdout } = expectSuccess(await aws.lab.lab("portal"));
      const [, url = ""] = /is open, for 1 seat: (https:\/\/\S+)/.exec(stdout) ?? [];
      const { portal } = JSON.parse(expectSuccess(await aws.lab.lab("status", "--json")).stdout);
      expect(url).toBe(`https://${portal.ssh.host}:${PORT}`);
      expect(instructorCodeIn(stdout)).toMatch(/\S/);
      const machine = `lab-${aws.lab.stack}-ec2-${(await instanceAt("portal")).InstanceId}`;
      settings = (await execa("docker", ["exec", machine, "cat", SETTINGS])).stdout;
      const page = await (await freshContext(browser)).newPage();
      await claimSeat(page, url, JSON.parse(settings).seats[0].code);
      await terminalReady(page);
      expect(await clickThrough(page, url, "1")).toMatch(/^Well done/);
    });

    test("told it the student's key, and no other that opens a machine or is one's own", () => {
      const operators = readFileSync(join(aws.lab.directory, ".lab", aws.lab.stack, "ssh", "id_ed25519"), "utf8");
      expect(settings.match(/BEGIN OPENSSH PRIVATE KEY/g)).toHaveLength(1);
      expect(settings).not.toContain(operators.split("\n")[3]);
      expect(JSON.parse(settings).seats).toMatchObject([{ seat: "seat01", address: { user: "student" } }]);
    });
  });

  test("is the same at the second look", async () => {
    expectSuccess(await aws.lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--refresh"));
  });

  test("goes without the subnet, which is not its own", async () => {
    expectSuccess(await aws.lab.lab("down"));
    expect(await awsResources(aws.ec2)).toEqual(before);
    expect(await aws.lab.docker.listContainers({ all: true, filters: aws.machines })).toEqual([]);
  });
});

function ruleText({ IpProtocol, FromPort, ToPort, IpRanges = [], UserIdGroupPairs = [] }: IpPermission): string {
  const sources = [...IpRanges.map(({ CidrIp }) => CidrIp), ...UserIdGroupPairs.map(({ GroupId }) => GroupId)];
  return `${IpProtocol} ${FromPort}-${ToPort} from ${sources.join(", ")}`;
}
