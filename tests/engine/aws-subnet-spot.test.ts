import { CreateSubnetCommand, CreateVpcCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { livingInstances, type Possession, possessions } from "../support/aws/account";
import { type AwsLab, makeAwsLab } from "../support/aws/aws-lab";
import { expectSuccess, onNode } from "../support/lab-facts";

const FOREIGN = { CidrBlock: "10.5.0.0/16" };

/** One seat as a spot instance, in a subnet that somebody else made: the settings that the usual class leaves out. */
describe("a lab at AWS in a subnet that is there already, on the spot market (the API is moto's)", () => {
  let aws: AwsLab;
  let subnetId: string;
  let before: Possession[];

  beforeAll(async () => {
    aws = await makeAwsLab("eu-central-1", { "aws.allowedCidrs": "203.0.113.0/24", "aws.spot": true });
    const { Vpc: vpc } = await aws.ec2.send(new CreateVpcCommand(FOREIGN));
    const { Subnet: subnet } = await aws.ec2.send(
      new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock: "10.5.1.0/24", AvailabilityZone: "eu-central-1a" }),
    );
    subnetId = subnet?.SubnetId ?? "";
    before = await possessions(aws.ec2);
    await aws.lab.pulumi("stack", "init", aws.lab.stack);
    expectSuccess(await aws.lab.pulumi("config", "set", "--path", "lab-nodes:aws.subnetId", subnetId));
    expectSuccess(await aws.lab.lab("up", "--no-verify"));
  });
  afterAll(() => aws?.remove());

  test("comes up there, with no network of its own", async () => {
    expect(await livingInstances(aws.ec2)).toMatchObject([{ SubnetId: subnetId, InstanceLifecycle: "spot" }]);
    const old = new Set(before.map(({ id }) => id));
    const kinds = (await possessions(aws.ec2)).filter(({ id }) => !old.has(id)).map(({ id }) => id.split("-")[0]);
    expect(kinds.filter((kind) => kind !== "eni").sort()).toEqual(["i", "key", "sg", "vol"]);
    expect(await onNode(aws.lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("is the same at the second look", async () => {
    expectSuccess(await aws.lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--refresh"));
  });

  test("goes without the subnet, which is not its own", async () => {
    expectSuccess(await aws.lab.lab("down"));
    expect(await possessions(aws.ec2)).toEqual(before);
  });
});
