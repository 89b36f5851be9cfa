import { describe, expect, test } from "vitest";
import { dockerClient } from "../../../adapters/docker/client";
import { commitNode, prepareNode } from "../../../cli/workflows/bake/local/node";
import { LabError } from "../../../core/errors";
import { engineDouble, Refusal } from "../adapters/docker/engine-double";

const FULL = new Refusal("write /somewhere: no space left on device");

/** A disk may run full before any of the steps by which a node becomes an image. */
describe("a full disk, by the step that finds no place", () => {
  async function nodeOn(answers: Record<string, unknown>) {
    const docker = dockerClient((await engineDouble(answers)).host);
    return { docker, node: docker.getContainer("node") };
  }

  async function failureOf(step: Promise<unknown>): Promise<unknown> {
    return step.then(
      () => expect.fail("it did not fail"),
      (error: unknown) => error,
    );
  }

  function expectFullDisk(failure: unknown, start: string) {
    expect(failure).toBeInstanceOf(LabError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(`^${start}: .*no space left on device`),
      hint: expect.stringContaining("Nothing was saved. A full disk is the usual cause"),
    });
  }

  test.each([
    ["putting the files into the node", { "/containers/node/archive": FULL }],
    ["asking for the command in it", { "/containers/node/archive": {}, "/containers/node/exec": FULL }],
    [
      "starting that command",
      { "/containers/node/archive": {}, "/containers/node/exec": { Id: "command" }, "/exec/command/start": FULL },
    ],
  ])("%s", async (_, answers) => {
    const { docker, node } = await nodeOn(answers);
    expectFullDisk(await failureOf(prepareNode(docker, node)), "The node could not be prepared for a bake");
  });

  test("writing the image", async () => {
    const { node } = await nodeOn({ "/commit": FULL });
    const identity = { hash: "0123456789ab", machineHash: "ba9876543210" };
    expectFullDisk(await failureOf(commitNode(node, identity)), "Docker could not save the node as an image");
  });
});
