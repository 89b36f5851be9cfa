import { expect, test } from "vitest";
import { requireGoodAws } from "../../../cli/workflows/doctor/index";
import type { Finding } from "../../../cli/workflows/doctor/render";
import { awsLabConfig } from "./doctor-aws-support";
import { contextFor, recordedReporter, runtimeIn } from "./support";

const GOOD: Finding = { subject: "aws.region", verdict: "good", text: "eu-central-1", advice: undefined };
const COST: Finding = { subject: "cost", verdict: "good", text: "1.33 USD a day", advice: "but it ends" };
const WARNING: Finding = {
  subject: "vCPU quota",
  verdict: "warning",
  text: "AWS did not return it",
  advice: undefined,
};
const BAD: Finding = { subject: "aws.ami", verdict: "bad", text: "there is none", advice: "type\na command" };

async function required(findings: Finding[], stack = "dev") {
  const { reporter, said } = recordedReporter();
  await requireGoodAws(contextFor(runtimeIn("/program"), stack, reporter), awsLabConfig(), async () => findings);
  return said;
}

test("a good class is told its cost, and nothing else", async () => {
  expect(await required([GOOD, COST])).toEqual(["cost: 1.33 USD a day; but it ends"]);
});

test("what is worth knowing is told, and refuses nobody", async () => {
  expect(await required([GOOD, WARNING])).toEqual(["vCPU quota: AWS did not return it"]);
});

test("all that is bad is in one refusal, a line each", async () => {
  await expect(
    required([BAD, GOOD, { ...BAD, subject: "aws.subnetId", advice: undefined }, COST], "spring"),
  ).rejects.toMatchObject({
    message:
      "The config of this lab has 2 problems:\n  - aws.ami: there is none: type a command\n  - aws.subnetId: there is none",
    hint: "Nothing was made. Run ./lab doctor --stack spring for the full report.",
    exitCode: 2,
  });
});
