import { describe, expect, test } from "vitest";
import { awsBakeIdentity } from "../../components/machines/aws/bakes";
import type { LabConfig } from "../../config/schema";
import { type AwsAnswers, awsClass, awsConfig, GOOD_ANSWERS } from "../support/aws-class";

const UBUNTU = "ami-000000000000d64";
const BAKED = "ami-0000000000bakedd";
const OLD = "0123456789ab";

/** What Ubuntu's image, this config and these files make. */
function fitting(config: LabConfig) {
  return awsBakeIdentity(config, { architecture: "amd64", image: { id: UBUNTU, architecture: "x86_64" } });
}

/** An account with one bake in it. */
function accountWith(hash: string, machineHash: string, instances: readonly string[] = []): AwsAnswers {
  const getAmi = GOOD_ANSWERS["aws:ec2/getAmi:getAmi"];
  return {
    ...GOOD_ANSWERS,
    "aws:ec2/getAmiIds:getAmiIds": ({ filters }) => {
      const values = (filters as { name: string; values: string[] }[]).map(({ values }) => values[0]);
      const isIt = values.includes(hash) && values.includes("ready") && values.includes("x86_64");
      return { ids: isIt ? [BAKED] : [] };
    },
    "aws:ec2/getAmi:getAmi": (inputs) => ({
      ...getAmi?.(inputs),
      tags: { "bake-machine": machineHash },
    }),
    "aws:ec2/getInstances:getInstances": () => ({ ids: instances }),
  };
}

/** The machine image that a class's instance would have, and which changes of its inputs are ignored. */
async function machine(bake: string, answers: AwsAnswers) {
  const { resources, refusal, calls } = await awsClass("preview", awsConfig({ aws: { bake } }), answers);
  expect(refusal).toBeUndefined();
  const instance = resources.find(({ type }) => type === "aws:ec2/instance:Instance");
  return { ami: instance?.inputs["ami"], ignoredInputs: instance?.options.ignoreChanges, calls };
}

describe("aws.bake", () => {
  const config = awsConfig();
  const { hash, machineHash } = fitting(config);

  test("is what machines are made from where it fits, and no question about machines is asked", async () => {
    const made = await machine(hash, accountWith(hash, machineHash));
    expect(made).toMatchObject({ ami: BAKED, ignoredInputs: ["ami"] });
    expect(made.calls.map(({ token }) => token)).not.toContain("aws:ec2/getInstances:getInstances");
  });

  test("that is not there, or not finished, is not used", async () => {
    expect(await machine(OLD, accountWith(hash, machineHash))).toMatchObject({ ami: UBUNTU, ignoredInputs: ["ami"] });
  });

  test("that is out of date is not used for a class without machines", async () => {
    expect(await machine(OLD, accountWith(OLD, machineHash))).toMatchObject({ ami: UBUNTU, ignoredInputs: ["ami"] });
  });

  test("stays that of machines made from it, as long as they would be made alike", async () => {
    const there = accountWith(OLD, machineHash, ["i-1"]);
    expect(await machine(OLD, there)).toMatchObject({ ami: BAKED, ignoredInputs: ["ami"] });
  });

  test("is given up with the machines, when they are recreated for another reason", async () => {
    // Ignored, the change would leave them on the image that is out of date.
    expect(await machine(OLD, accountWith(OLD, "another", ["i-1"]))).toMatchObject({ ami: UBUNTU, ignoredInputs: [] });
  });

  test("is not asked for where there is none, or none is wanted", async () => {
    expect(await machine("none", GOOD_ANSWERS)).toMatchObject({ ami: UBUNTU, ignoredInputs: ["ami"] });
  });
});

test("a bake has another name for another Ubuntu, type of machine, disk, lesson or installation", () => {
  const config = awsConfig();
  const origin = { architecture: "amd64", image: { id: UBUNTU, architecture: "x86_64" } } as const;
  const identities = [
    fitting(config),
    awsBakeIdentity(config, { ...origin, image: { ...origin.image, id: "ami-000000000000e64" } }),
    awsBakeIdentity(config, { ...origin, architecture: "arm64" }),
    fitting(awsConfig({ aws: { rootGigabytes: 30 } })),
    fitting(awsConfig({ images: { base: "debian" } })),
    fitting(awsConfig({ node: { dockerPackage: "docker" } })),
  ];
  expect(new Set(identities.map(({ hash }) => hash)).size).toBe(6);
  // Ubuntu's image and the disk are no reason to recreate machines.
  expect(identities[1]?.machineHash).toBe(identities[0]?.machineHash);
  expect(identities[3]?.machineHash).toBe(identities[0]?.machineHash);
  expect(identities[5]?.machineHash).not.toBe(identities[0]?.machineHash);
  for (const own of [
    { seats: 20 },
    { expires: "8h" },
    { aws: { instanceType: "t3.large" } },
    { aws: { spot: true } },
  ]) {
    expect(fitting(awsConfig(own))).toEqual(identities[0]);
  }
});
