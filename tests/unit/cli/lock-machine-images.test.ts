import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { awsStacks } from "../../../cli/workflows/lock/check";
import { requireRegions, resolveMachineImages } from "../../../cli/workflows/lock/resolve-images";
import { FakeNetwork } from "./lock-support";
import { labErrorOf, runtimeIn, temporaryFolder } from "./support";

const IMAGES = {
  "eu-central-1 amd64": "ami-00000000000000ea",
  "eu-central-1 arm64": "ami-00000000000000eb",
  "us-east-1 amd64": "ami-00000000000000aa",
  "us-east-1 arm64": "ami-00000000000000bb",
};
const NETWORK = new FakeNetwork({}, {}, IMAGES);
const OLD = "ami-01d00000";

describe("machine images asked for anew", () => {
  test("are those of the regions that the lock file has, and of those that are wanted", async () => {
    const before = { images: { "us-east-1": { amd64: OLD, arm64: IMAGES["us-east-1 arm64"] } } };
    const { value, moves, unasked } = await resolveMachineImages(before, ["eu-central-1"], NETWORK);
    expect(value.images).toEqual({
      "eu-central-1": { amd64: IMAGES["eu-central-1 amd64"], arm64: IMAGES["eu-central-1 arm64"] },
      "us-east-1": { amd64: IMAGES["us-east-1 amd64"], arm64: IMAGES["us-east-1 arm64"] },
    });
    expect(moves).toEqual([
      { what: "aws.images.eu-central-1.amd64", from: undefined, to: IMAGES["eu-central-1 amd64"] },
      { what: "aws.images.eu-central-1.arm64", from: undefined, to: IMAGES["eu-central-1 arm64"] },
      { what: "aws.images.us-east-1.amd64", from: OLD, to: IMAGES["us-east-1 amd64"] },
    ]);
    expect(unasked).toEqual([]);
  });

  test("stay as they are where AWS does not answer, and nobody is asked without a region", async () => {
    const before = { images: { "eu-north-1": { amd64: OLD } } };
    const { value, moves, unasked } = await resolveMachineImages(before, [], NETWORK);
    expect(value).toEqual(before);
    expect(moves).toEqual([]);
    expect(unasked).toEqual([{ what: "aws.images.eu-north-1.amd64", reason: "getaddrinfo ENOTFOUND" }]);
    const silent = new FakeNetwork();
    expect((await resolveMachineImages({ images: {} }, [], silent)).value).toEqual({ images: {} });
    expect(silent.asked).toEqual([]);
  });

  test("that were wanted by name and cannot be had fail the command", async () => {
    await expect(resolveMachineImages({ images: {} }, ["eu-north-1"], NETWORK)).rejects.toThrow(
      "Could not look up the machine images:\n  aws.images.eu-north-1.amd64: getaddrinfo ENOTFOUND",
    );
  });

  test("are not asked for in what is no region", () => {
    expect(() => requireRegions(["eu-central-1"])).not.toThrow();
    const { exitCode, message } = labErrorOf(() => requireRegions(["eu-central-1", "europe"]));
    expect(exitCode).toBe(2);
    expect(message).toBe('--region must be the name of a region, such as eu-central-1, not "europe".');
  });
});

test("a clone's stacks for AWS are found, with the region that a class of theirs would be in", () => {
  const folder = temporaryFolder();
  const stack = (name: string, text: string) => writeFileSync(join(folder, `Pulumi.${name}.yaml`), text);
  stack("dev", "config:\n  lab-nodes:seats: 3\n");
  stack(
    "monday",
    "config:\n  lab-nodes:target: aws\n  lab-nodes:aws:\n    region: eu-north-1\n    ami: ami-12345678\n",
  );
  stack("tuesday", "config:\n  lab-nodes:target: aws\n  aws:region: eu-south-1\n");
  stack("wednesday", "config:\n  lab-nodes:target: aws\n");
  writeFileSync(join(folder, "Pulumi.yaml"), "name: lab-nodes\n");
  expect(awsStacks(runtimeIn(folder, { AWS_DEFAULT_REGION: "us-west-2" }))).toEqual([
    { stack: "monday", region: "eu-north-1", ami: "ami-12345678" },
    { stack: "tuesday", region: "eu-south-1", ami: undefined },
    { stack: "wednesday", region: "us-west-2", ami: undefined },
  ]);
});
