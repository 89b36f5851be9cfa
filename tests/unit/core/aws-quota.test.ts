import { describe, expect, test } from "vitest";
import { awsFindings } from "../../../cli/workflows/doctor/aws/findings";
import type { AwsFacts } from "../../../core/aws/facts";
import { quotaFor } from "../../../core/aws/quota";
import { answersWith, awsLabConfig, demandOf, refused } from "../cli/doctor-aws-support";

const use = (byClass: number, byOthers: number) => ({ value: { byClass, byOthers } });

function quotaFinding(facts: Partial<AwsFacts>, seats: number, aws: Record<string, unknown> = {}) {
  const findings = awsFindings(demandOf(awsLabConfig(aws, seats)), answersWith(facts));
  const [found, ...others] = findings.filter(({ subject }) => subject === "vCPU quota");
  expect(others).toEqual([]);
  return found;
}

describe("the vCPU quota", () => {
  test.each([
    ["the class alone fills it", { usage: use(0, 0) }, 16, "good"],
    ["one seat more than fits", { usage: use(0, 0) }, 17, "bad"],
    ["others leave just enough", { usage: use(0, 12) }, 10, "good"],
    ["others leave one seat less", { usage: use(0, 12) }, 11, "bad"],
    ["half of the class runs already", { usage: use(16, 0) }, 16, "good"],
    ["the class runs, and the quota has shrunk since", { usage: use(32, 8), quota: { value: 8 } }, 16, "good"],
    ["the class runs, and is to grow beyond it", { usage: use(32, 0) }, 17, "bad"],
  ])("where %s", (_, facts, seats, verdict) => {
    expect(quotaFinding(facts, seats)?.verdict).toBe(verdict);
  });

  test("that is too small is told with figures, what fits and how to ask for more", () => {
    expect(quotaFinding({ usage: use(0, 12) }, 11)).toEqual({
      subject: "vCPU quota",
      verdict: "bad",
      text: "11 seats with 2 vCPUs each need 22; your account may have 32, of which others use 12",
      advice:
        "set seats to 10 at most, choose another aws.instanceType, or ask for more:\n" +
        "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 34 --region eu-central-1",
    });
  });

  test("of spot instances is another one", () => {
    expect(quotaFinding({ usage: use(0, 32) }, 1, { spot: true })?.advice).toContain("L-34B43A08");
  });

  test.each([
    [
      "AWS did not return",
      { quota: refused("AccessDeniedException: no") },
      "AWS did not return it (AccessDeniedException: no)",
    ],
    [
      "counts, and what is in use AWS did not return",
      { usage: refused("Throttled") },
      "32; AWS did not return how many are in use (Throttled)",
    ],
  ])("that %s is a warning, no guess", (_, facts, text) => {
    expect(quotaFinding(facts, 3)).toMatchObject({ verdict: "warning", text, advice: expect.stringContaining("6") });
  });

  test("that is too small in any case is bad even where AWS did not return what is in use", () => {
    const finding = quotaFinding({ usage: refused("Throttled") }, 17);
    expect(finding).toMatchObject({
      verdict: "bad",
      text: "17 seats with 2 vCPUs each need 34; your account may have 32",
    });
  });

  test("of a family that is not in our table is a warning, too", () => {
    const finding = quotaFinding({ quota: undefined, usage: undefined }, 3, { instanceType: "u-6tb1.metal" });
    expect(finding).toMatchObject({
      verdict: "warning",
      text: "which one counts for u-6tb1.metal is not known here",
    });
  });
});

describe("the quota that counts", () => {
  test.each([
    ["t3.medium", "L-1216C47A"],
    ["t4g.medium", "L-1216C47A"],
    ["m7i-flex.large", "L-1216C47A"],
    ["im4gn.large", "L-1216C47A"],
    ["is4gen.large", "L-1216C47A"],
    ["hpc7g.4xlarge", undefined],
    ["g4dn.xlarge", "L-DB2E81BA"],
    ["gr6.4xlarge", "L-DB2E81BA"],
    ["vt1.3xlarge", "L-DB2E81BA"],
    ["p4d.24xlarge", "L-417A185B"],
    ["inf2.xlarge", "L-1945791B"],
    ["trn1.2xlarge", "L-2C3B7624"],
    ["x2gd.medium", "L-7295265B"],
    ["dl1.24xlarge", "L-6E869C2A"],
    ["d3.xlarge", "L-1216C47A"],
    ["mac2.metal", undefined],
  ])("for %s is %s", (instanceType, code) => {
    expect(quotaFor({ instanceType, spot: false })?.code).toBe(code);
  });

  test("has a name that AWS's console has, too", () => {
    expect([true, false].map((spot) => quotaFor({ instanceType: "t3.medium", spot })?.name)).toEqual([
      "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests",
      "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    ]);
  });
});
