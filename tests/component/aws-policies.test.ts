import { describe, expect, test } from "vitest";
import { RULES } from "../../policies/rules";
import { awsClass, awsConfig } from "../support/aws-class";
import { MODES } from "../support/mocks";

/** Every resource of a class, judged by every rule. */
async function violationsOf(...args: Parameters<typeof awsClass>): Promise<string[]> {
  const { resources, refusal } = await awsClass(...args);
  expect(refusal).toBeUndefined();
  return resources.flatMap(({ type, name, inputs }) =>
    RULES.flatMap((rule) =>
      rule.violations({ type, props: inputs }).map((violation) => `${name}: ${rule.name}: ${violation}`),
    ),
  );
}

describe.each(MODES)("in %s mode", (mode) => {
  test.each([1, 3])("our program for AWS breaks no rule: %d seats", async (seats) => {
    expect(await violationsOf(mode, awsConfig({ seats }))).toEqual([]);
  });

  test("nor does it for a class that was extended", async () => {
    expect(await violationsOf(mode, awsConfig({ extended: "2096-12-01T20:00Z" }))).toEqual([]);
  });
});

test("our program breaks none in a subnet that is there already, on arm64 and on spot instances", async () => {
  const aws = { subnetId: "subnet-00000001", instanceType: "t4g.medium", spot: true };
  expect(await violationsOf("update", awsConfig({ aws, images: { base: "debian" } }))).toEqual([]);
});

test("a class that is open to all the world breaks one, whatever its settings allow", async () => {
  const aws = { allowedCidrs: "0.0.0.0/0", allowAnywhere: true };
  expect(await violationsOf("update", awsConfig({ aws }))).toEqual([
    "lab-ssh: no-open-ssh: SSH must not be open to 0.0.0.0/0: name the networks that the class is reached from",
  ]);
});
