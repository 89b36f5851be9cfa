import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateSubnetCommand, CreateVpcCommand, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Finding } from "../../cli/workflows/doctor/render";
import { awsResources } from "../support/aws/account";
import { type AwsEmulator, startAwsEmulator } from "../support/aws/emulator";
import {
  type StubAnswers,
  type StubQuotasAndPrices,
  startStubQuotasAndPrices,
} from "../support/aws/stub-quotas-and-prices";
import { CURRENT_IMAGES } from "../support/aws/ubuntu-images";
import { type LabClone, makeLabClone } from "../support/lab-clone";

const REGION = "eu-central-1";
const IMAGE = CURRENT_IMAGES.find(({ region, architecture }) => region === REGION && architecture === "x86_64")?.id;
const STOCK: StubAnswers = {
  quotas: { "L-1216C47A": 32, "L-34B43A08": 4 },
  prices: { "t3.medium": 0.048, "t4g.medium": 0.0384 },
  gp3: 0.0952,
  address: 0.005,
};

/** What `./lab doctor` finds out through AWS's own clients; what it makes of it is in the unit tests. */
describe("`lab doctor` (EC2, SSM and STS are moto's, quotas and prices are our STUB's)", () => {
  let aws: AwsEmulator;
  let stub: StubQuotasAndPrices;
  let lab: LabClone;

  beforeAll(async () => {
    [aws, stub, lab] = await Promise.all([startAwsEmulator(), startStubQuotasAndPrices(STOCK), makeLabClone()]);
    for (const name of Object.keys(lab.environment).filter((variable) => variable.startsWith("AWS_"))) {
      delete lab.environment[name];
    }
    Object.assign(lab.environment, aws.environment, stub.environment, { AWS_REGION: REGION });
  });
  afterAll(() => Promise.all([lab?.remove(), stub?.stop(), aws?.stop()]));

  /** Runs it with these settings and variables; a variable of undefined is not set. */
  async function doctor(settings: Record<string, unknown> = {}, variables: Record<string, string | undefined> = {}) {
    writeSettings(lab, settings);
    const before = { ...lab.environment };
    try {
      Object.assign(lab.environment, variables);
      for (const name of Object.keys(variables).filter((one) => variables[one] === undefined)) {
        delete lab.environment[name];
      }
      const { exitCode, stdout, stderr } = await lab.lab("doctor", "--json");
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      return { exitCode, findings, stderr, of: (subject: string) => findings.find((one) => one.subject === subject) };
    } finally {
      Object.assign(lab.environment, before);
    }
  }

  test("where all is well it says so, with figures, and makes nothing", async () => {
    const before = await awsResources(aws.ec2(REGION));
    const { exitCode, findings, stderr } = await doctor({ seats: 16 });
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(findings.map(({ subject, verdict, text }) => `${verdict} ${subject}: ${text}`)).toEqual([
      "good credentials: account 123456789012, arn:aws:sts::123456789012:user/moto",
      "good aws.region: eu-central-1",
      "good aws.instanceType: t3.medium, 2 vCPUs, amd64, offered in eu-central-1a, eu-central-1b, eu-central-1c",
      `good aws.ami: ${IMAGE}, x86_64: Canonical's current Ubuntu 24.04`,
      "good vCPU quota: 32 of 32 for this class (0 run already), 0 in use by others",
      "good price: 0.0480 USD an hour for an instance, 0.0026 for 20 GiB of gp3, 0.0050 for a public address",
      "good cost: 0.0556 USD a seat-hour; 16 seats: 7.12 USD a day of 8 h, 649.50 USD if forgotten for a month",
    ]);
    expect(await awsResources(aws.ec2(REGION))).toEqual(before);
  });

  test("arm64 has an image and a price of its own, spot instances a quota", async () => {
    const { of } = await doctor({ aws: { instanceType: "t4g.medium", spot: true }, seats: 3 });
    expect(of("aws.ami")?.text).toContain("arm64");
    expect(of("price")?.text).toContain("0.0384 USD");
    expect(of("vCPU quota")?.text).toBe("3 seats with 2 vCPUs each need 6; your account may have 4");
  });

  test("no credentials", async () => {
    const { exitCode, findings } = await doctor({}, { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([{ subject: "credentials", verdict: "bad" }]);
  });

  test.each([
    [{ AWS_REGION: "eu-central-3" }, "did you mean eu-central-1?"],
    [{ AWS_REGION: undefined }, "set it, such as eu-central-1"],
  ])("a wrong region or none: %j", async (variables, advice) => {
    const { exitCode, of } = await doctor({}, variables);
    expect([exitCode, of("aws.region")]).toEqual([1, expect.objectContaining({ verdict: "bad", advice })]);
  });

  test("the stack's own aws:region counts before the environment's", async () => {
    expect((await doctor({ "aws:region": "us-east-1" })).of("aws.region")?.text).toBe("us-east-1");
  });

  test.each([
    ["a type that is none", { instanceType: "t9.huge" }, "aws.instanceType", /AWS has no t9\.huge in eu-central-1/],
    ["an image that is not there", { ami: "ami-00000000" }, "aws.ami", /AWS has no ami-00000000 in eu-central-1/],
    ["a subnet that is not there", { subnetId: "subnet-00000000" }, "aws.subnetId", /AWS has no subnet-00000000/],
    [
      "a type that no zone offers",
      { instanceType: "p3dn.24xlarge" },
      "aws.instanceType",
      /no zone of eu-central-1 offers/,
    ],
  ])("%s", async (_, settings, subject, text) => {
    const { exitCode, of } = await doctor({ aws: settings });
    expect([exitCode, of(subject)]).toEqual([
      1,
      expect.objectContaining({ verdict: "bad", text: expect.stringMatching(text) }),
    ]);
  });

  test("a subnet of another zone than the type's, and one that fits", async () => {
    const ec2 = aws.ec2(REGION);
    const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.1.0.0/16" }));
    const subnetIn = async (AvailabilityZone: string, CidrBlock: string) => {
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock, AvailabilityZone }));
      return Subnet?.SubnetId;
    };
    const [here, there] = [
      await subnetIn("eu-central-1a", "10.1.1.0/24"),
      await subnetIn("eu-central-1c", "10.1.2.0/24"),
    ];
    // A type that moto, as AWS in its time, has in two zones of three.
    const [good, bad] = [
      await doctor({ aws: { instanceType: "a1.medium", subnetId: here } }),
      await doctor({ aws: { instanceType: "a1.medium", subnetId: there } }),
    ].map(({ of }) => of("aws.subnetId"));
    expect(good).toMatchObject({ verdict: "good", text: `${here} in eu-central-1a, of ${vpc?.VpcId}` });
    expect(bad).toMatchObject({
      verdict: "bad",
      text: expect.stringContaining("is in eu-central-1c, which does not offer a1.medium"),
    });
  });

  test("user data that EC2 would not take", async () => {
    // Text that does not compress: no shorter, and the config takes it.
    const noise = Array.from({ length: 6000 }, (_, index) => ((index * 2_654_435_761) % 2 ** 32).toString(36)).join(
      ".",
    );
    const { exitCode, of } = await doctor({ trivy: { databaseRepositories: `mirror.example.org/${noise}` } });
    expect(exitCode).toBe(1);
    expect(of("user data")?.text).toMatch(/has \d{5} bytes compressed; EC2 accepts at most 16384/);
  });

  test("a class's own machines need no room beside themselves, others' do, and those of other quotas count for nothing", async () => {
    const run = (count: number, type: "t3.medium" | "t3.large" | "g4dn.xlarge", tags: Record<string, string>) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      return aws.ec2(REGION).send(
        new RunInstancesCommand({
          ImageId: IMAGE,
          InstanceType: type,
          MinCount: count,
          MaxCount: count,
          ...(Tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: "instance", Tags }] }),
        }),
      );
    };
    await run(3, "t3.medium", { lab: "lab-nodes", class: lab.stack });
    await run(2, "t3.medium", { lab: "lab-nodes", class: "another" });
    await run(1, "t3.large", {});
    await run(1, "g4dn.xlarge", {});
    const [fits, tooMany] = [await doctor({ seats: 13 }), await doctor({ seats: 14 })].map(({ of }) =>
      of("vCPU quota"),
    );
    expect(fits).toMatchObject({
      verdict: "good",
      text: "26 of 32 for this class (6 run already), 6 in use by others",
    });
    expect(tooMany?.text).toBe("14 seats with 2 vCPUs each need 28; your account may have 32, of which others use 6");
  });

  test("quotas and prices that may not be asked for are warnings", async () => {
    const closed = await startStubQuotasAndPrices({ ...STOCK, fault: "AccessDeniedException" });
    try {
      const { exitCode, of } = await doctor({}, { ...closed.environment });
      expect(exitCode).toBe(0);
      expect(of("vCPU quota")).toMatchObject({
        verdict: "warning",
        text: expect.stringContaining("AccessDeniedException"),
      });
      expect(of("price")).toMatchObject({ verdict: "warning", text: expect.stringContaining("AccessDeniedException") });
      expect(of("cost")).toBeUndefined();
    } finally {
      await closed.stop();
    }
  });

  test("prices that the list does not have are not guessed", async () => {
    // moto itself answers for prices with an error page.
    const none = await doctor({}, { AWS_ENDPOINT_URL_PRICING: aws.endpoint });
    expect([none.exitCode, none.of("price")?.verdict]).toEqual([0, "warning"]);
    expect((await doctor({ aws: { instanceType: "t3.large" } })).of("price")).toMatchObject({
      verdict: "warning",
      text: "AWS did not return it (its price list has none)",
    });
  });
});

/** The stack's file, as `pulumi config set` writes it; nothing else of a stack is needed. */
function writeSettings(lab: LabClone, settings: Record<string, unknown>): void {
  const { aws, ...others } = settings;
  const section = { allowedCidrs: "203.0.113.0/24", ...(aws as object | undefined) };
  const ours = { target: "aws", ...others, aws: section };
  const config = Object.fromEntries(
    Object.entries(ours).map(([name, value]) => [name.includes(":") ? name : `lab-nodes:${name}`, value]),
  );
  writeFileSync(join(lab.directory, `Pulumi.${lab.stack}.yaml`), stringify({ config }));
}
