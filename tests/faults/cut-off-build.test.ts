import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inNode, statesOf } from "../support/break-node";
import { untilBuilding } from "../support/cut-off";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, leftoversOf, onlyNode, onNode } from "../support/lab-facts";

/** A node whose network goes in the middle of an image build: no connection breaks, but nothing is heard of it any more. */
describe("a node that is cut off while an image is built on it", () => {
  let lab: LabClone;
  let id: string;
  let first: CommandResult;
  let secondsAfterwards: number;

  beforeAll(async () => {
    lab = await makeLabClone();
    const up = lab.lab("up", "--ssh-port", String(lab.sshPort));
    try {
      await untilBuilding(lab, `lab-${lab.stack}-node1`);
      id = (await onlyNode(lab)).id;
      await inNode(lab, id, "iptables --insert INPUT --jump DROP && iptables --insert OUTPUT --jump DROP");
    } finally {
      const cutAt = Date.now();
      first = await up;
      secondsAfterwards = (Date.now() - cutAt) / 1000;
    }
  });
  afterAll(() => lab.remove());

  test("`lab up` waits a minute for a sign of life, and ends", async () => {
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toMatch(
      /^ {2}seat01 {2}.*(Timeout, server 127\.0\.0\.1 not responding|Connection to 127\.0\.0\.1 port \d+ timed out)/m,
    );
    expect(first.stderr).toContain(`Run ./lab up --stack ${lab.stack}: it repairs it and changes nothing else.`);
    expect(secondsAfterwards).toBeLessThan(120);
    expect(await statesOf(lab)).toEqual({ seat01: "unreachable" });
  });

  test("the next `lab up` restarts it and builds what is missing, on the same machine", async () => {
    const { stderr } = expectSuccess(await lab.lab("up"));
    expect(stderr).toContain("does not answer by SSH; it is restarted");
    expect((await onlyNode(lab)).id).toBe(id);
    expect(await statesOf(lab)).toEqual({ seat01: "ready" });
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("`lab down` with the node cut off leaves nothing", async () => {
    await lab.docker.getNetwork("bridge").disconnect({ Container: id, Force: true });
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});
