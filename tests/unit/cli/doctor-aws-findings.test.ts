import { describe, expect, test } from "vitest";
import { type AwsAnswers, awsFindings } from "../../../cli/workflows/doctor/aws/findings";
import { answersWith, awsLabConfig, demandOf, refused } from "./doctor-aws-support";

/** The findings as they are shown, without what to do. */
function linesOf(answers: AwsAnswers, config = awsLabConfig()): string[] {
  return awsFindings(demandOf(config), answers).map(({ verdict, subject, text }) => `${verdict} ${subject}: ${text}`);
}

/** All that is not good, whole. */
function troubles(answers: AwsAnswers, config = awsLabConfig()) {
  return awsFindings(demandOf(config), answers).filter(({ verdict }) => verdict !== "good");
}

describe("where all is well", () => {
  test("every answer is a finding, with its figures", () => {
    expect(linesOf(answersWith())).toEqual([
      "good credentials: account 123456789012, arn:aws:iam::123456789012:user/ana",
      "good aws.region: eu-central-1",
      "good aws.instanceType: t3.medium, 2 vCPUs, amd64, offered in eu-central-1a, eu-central-1b",
      "good aws.ami: ami-00000001, x86_64: Canonical's current Ubuntu 24.04",
      "good vCPU quota: 6 of 32 for this class (2 run already), 4 in use by others",
    ]);
  });

  test("the image says where it is from", () => {
    const pinned = demandOf(awsLabConfig(), { "eu-central-1": { amd64: "ami-00000001" } });
    const own = demandOf(awsLabConfig({ ami: "ami-00000001" }));
    const texts = [pinned, own].map((demand) =>
      awsFindings(demand, answersWith()).find(({ subject }) => subject === "aws.ami"),
    );
    expect(texts).toMatchObject([
      { text: "ami-00000001, x86_64: the Ubuntu 24.04 that lab.lock.json pins" },
      { text: "ami-00000001, x86_64: as it is set" },
    ]);
  });

  test("a subnet of one's own is shown with its zone and its VPC", () => {
    const subnet = { value: { id: "subnet-00000001", vpcId: "vpc-1", availabilityZone: "eu-central-1b" } };
    const lines = linesOf(answersWith({ subnet }), awsLabConfig({ subnetId: "subnet-00000001" }));
    expect(lines).toContain("good aws.subnetId: subnet-00000001 in eu-central-1b, of vpc-1");
  });
});

describe("credentials", () => {
  test("that AWS does not take are the one finding, whatever else failed", () => {
    const locked = refused("InvalidClientTokenId: no such key", "credentials");
    const answers = answersWith({ type: locked, zones: locked, quota: locked }, { identity: locked, regions: locked });
    expect(troubles(answers)).toEqual([
      {
        subject: "credentials",
        verdict: "bad",
        text: "AWS does not accept them (InvalidClientTokenId: no such key)",
        advice: expect.stringContaining("AWS_PROFILE"),
      },
    ]);
    expect(linesOf(answers)).toHaveLength(1);
  });

  test("that reach nobody refuse nobody", () => {
    const answers = answersWith({}, { identity: refused("getaddrinfo ENOTFOUND sts", "unreachable") });
    expect(linesOf(answers)).toEqual([
      "warning AWS: cannot be reached from here (getaddrinfo ENOTFOUND sts): nothing of it was checked",
    ]);
  });
});

describe("a region", () => {
  test.each([
    ["eu-central-3", "AWS has no region eu-central-3", "did you mean eu-central-1?"],
    ["ma-north-9", "AWS has no region ma-north-9", "regions are: eu-central-1, eu-west-1, us-east-1"],
    [
      "eu-central-2",
      "eu-central-2 is not enabled for this account",
      "enable it: aws account enable-region --region-name eu-central-2",
    ],
  ])("%s is the one thing to fix", (region, text, advice) => {
    expect(troubles(answersWith({ type: refused("ENOTFOUND") }), awsLabConfig({ region }))).toEqual([
      { subject: "aws.region", verdict: "bad", text, advice },
    ]);
  });

  test("is taken as it is where AWS did not return which there are", () => {
    const answers = answersWith({}, { regions: refused("UnauthorizedOperation", "permission") });
    expect(troubles(answers)).toMatchObject([{ subject: "aws.region", verdict: "warning" }]);
    expect(linesOf(answers)).toHaveLength(5);
  });
});

describe("what AWS does not have", () => {
  const subnet = { value: { id: "subnet-00000001", vpcId: "vpc-1", availabilityZone: "eu-central-1c" } };
  test.each([
    [
      "a type",
      { type: refused("InvalidInstanceType", "missing"), image: undefined },
      "aws.instanceType",
      /has no t3.medium/,
    ],
    ["a zone with the type", { zones: { value: [] } }, "aws.instanceType", /no zone of eu-central-1 offers t3.medium/],
    ["a subnet", { subnet: refused("InvalidSubnetID.NotFound", "missing") }, "aws.subnetId", /has no subnet-00000001/],
    [
      "the type in the subnet's zone",
      { subnet },
      "aws.subnetId",
      /is in eu-central-1c, which does not offer t3.medium/,
    ],
    [
      "an image",
      { image: refused("its answer is empty", "missing") },
      "aws.ami",
      /no image of Ubuntu 24.04 that is Canonical's/,
    ],
  ])("%s is bad, and is not called good as well", (_, facts, subject, text) => {
    const findings = awsFindings(demandOf(awsLabConfig({ subnetId: "subnet-00000001" })), answersWith(facts));
    expect(findings.filter((finding) => finding.subject === subject)).toMatchObject([{ verdict: "bad" }]);
    expect(findings.find((finding) => finding.subject === subject)?.text).toMatch(text);
  });

  test.each([
    ["a type", { type: refused("ETIMEDOUT", "unreachable"), image: undefined }, "aws.instanceType", "t3.medium"],
    ["a subnet", { subnet: refused("Throttled") }, "aws.subnetId", "subnet-00000001"],
    ["an image", { image: refused("Throttled") }, "aws.ami", "an image of Ubuntu 24.04 that is Canonical's"],
  ])("%s that AWS did not return is not said to be missing", (_, facts, subject, what) => {
    const findings = awsFindings(demandOf(awsLabConfig({ subnetId: "subnet-00000001" })), answersWith(facts));
    const found = findings.find((finding) => finding.subject === subject);
    expect(found?.verdict).toBe("bad");
    expect(found?.text).toMatch(/^AWS did not return .* in eu-central-1 \((ETIMEDOUT|Throttled)\)$/);
    expect(found?.text).toContain(what);
  });

  test("and what you may not look for are told apart", () => {
    const answers = answersWith({ image: refused("UnauthorizedOperation: no", "permission") });
    expect(troubles(answers)).toEqual([
      {
        subject: "aws.ami",
        verdict: "bad",
        text: "AWS denied the query (UnauthorizedOperation: no)",
        advice: "docs/aws.md lists the permissions that are needed",
      },
    ]);
  });
});
