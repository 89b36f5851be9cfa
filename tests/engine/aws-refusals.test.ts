import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AwsResource, awsResources } from "../support/aws/account";
import { type AwsLab, makeAwsLab } from "../support/aws/aws-lab";
import { type StubQuotasAndPrices, startStubQuotasAndPrices } from "../support/aws/stub-quotas-and-prices";
import type { CommandResult } from "../support/lab-clone";
import { expectSuccess, stateOf } from "../support/lab-facts";

/** What AWS itself has to say against a class; what a config alone shows is in the unit tests. */
describe("a class that AWS would refuse (the API is moto's, quotas and prices are our STUB's)", () => {
  let aws: AwsLab;
  let stub: StubQuotasAndPrices;
  let before: AwsResource[];

  beforeAll(async () => {
    aws = await makeAwsLab("eu-central-1", { "aws.allowedCidrs": "203.0.113.0/24" });
    stub = await startStubQuotasAndPrices({ quotas: { "L-1216C47A": 4 }, prices: { "t3.medium": 0.048 } });
    Object.assign(aws.lab.environment, stub.environment);
    before = await awsResources(aws.ec2);
    expectSuccess(await aws.lab.pulumi("stack", "init", aws.lab.stack));
  });
  afterAll(() => Promise.all([aws?.remove(), stub?.stop()]));

  test.for([
    ["a region that is none", "aws.region", "eu-nowhere-1", /eu-nowhere-1/],
    ["a type that is none", "aws.instanceType", "t9.huge", /aws\.instanceType: .*t9\.huge/],
    ["an image that is not there", "aws.ami", "ami-00000000000000000", /aws\.ami: .*ami-00000000000000000/],
    ["a subnet that is not there", "aws.subnetId", "subnet-00000000", /aws\.subnetId: .*subnet-00000000/],
    [
      "a quota that is too small",
      "seats",
      "3",
      /vCPU quota: 3 seats with 2 vCPUs each need 6; your account may have 4/,
    ],
  ] as const)(
    "%s is refused in one message, by `lab up` and by plain `pulumi up`, and nothing is made",
    async ([_what, name, value, message]) => {
      const path = ["--path", `lab-nodes:${name}`];
      const old = await aws.lab.pulumi("config", "get", ...path);
      expectSuccess(await aws.lab.pulumi("config", "set", ...path, value));
      try {
        await expectRefusal(message);
      } finally {
        const back = old.exitCode === 0 ? ["set", ...path, old.stdout.trim()] : ["rm", ...path];
        expectSuccess(await aws.lab.pulumi("config", ...back));
      }
    },
  );

  test("no credentials are named as what is missing, and nothing is made", async () => {
    const { AWS_ACCESS_KEY_ID: id = "", AWS_SECRET_ACCESS_KEY: secret = "" } = aws.lab.environment;
    delete aws.lab.environment["AWS_ACCESS_KEY_ID"];
    delete aws.lab.environment["AWS_SECRET_ACCESS_KEY"];
    try {
      await expectRefusal(/credentials/i);
    } finally {
      Object.assign(aws.lab.environment, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
    }
  });

  async function expectRefusal(message: RegExp): Promise<void> {
    // `lab` asks by AWS's own clients, before there is an engine; the program by its provider's functions.
    const byLab = await aws.lab.lab("up");
    expect(byLab).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(message) });
    const byProgram = await aws.lab.pulumi("up", "--yes", "--skip-preview");
    expect(byProgram.exitCode, byProgram.stdout).not.toBe(0);
    expect(wordsOf(byProgram)).toMatch(message);
    expect(wordsOf(byLab) + wordsOf(byProgram)).not.toMatch(/\n\s+at \S+ \(/);
    const types = (await stateOf(aws.lab)).map(({ type }) => type).filter((type) => type.startsWith("aws:"));
    expect(types).toEqual([]);
    expect(await awsResources(aws.ec2)).toEqual(before);
  }
});

function wordsOf({ stdout, stderr }: CommandResult): string {
  return `${stdout}\n${stderr}`;
}
