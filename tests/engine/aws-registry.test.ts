import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AwsLab, makeAwsLab } from "../support/aws/aws-lab";
import { freePortBlock } from "../support/lab-clone";
import { expectSuccess, leftoversOf, onNode, stateOf } from "../support/lab-facts";
import { imageNames } from "../support/registries";

describe("a lab at AWS whose image delivery is by registry (the API is moto's, the machine a container)", () => {
  let aws: AwsLab;
  let port: number;

  beforeAll(async () => {
    port = await freePortBlock();
    aws = await makeAwsLab("eu-central-1", {
      "aws.allowedCidrs": "203.0.113.0/24",
      "local.baseImage": "lab-nodes/base:trixie",
      "images.delivery": "registry",
      "images.registryPort": port,
      "images.registryPullPort": port + 1,
    });
  });
  afterAll(() => aws?.remove());

  test("its machine pulls from the registry at this machine's loopback address, and `lab down` leaves nothing", async () => {
    expectSuccess(await aws.lab.lab("up", "--no-verify"));
    expect(await onNode(aws.lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
    const providers = (await stateOf(aws.lab)).filter(({ type }) => type === "pulumi:providers:docker");
    expect(providers.map(({ name }) => name)).toEqual(["lab-images-engine"]);
    expectSuccess(await aws.lab.lab("down"));
    expect(await imageNames(aws.lab, `127.0.0.1:${port}/`)).toEqual([]);
    expect(await leftoversOf(aws.lab)).toEqual([]);
  });
});
