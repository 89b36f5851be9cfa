import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inNode, statesOf } from "../../support/break-node";
import { type CommandResult, type LabClone, makeLabClone } from "../../support/lab-clone";
import { expectSuccess, leftoversOf, onlyNode, onNode } from "../../support/lab-facts";
import { type UpPhase, upUntil } from "../../support/running-lab";

const WHEN_IT_RUNS = "until systemctl is-active --quiet docker; do sleep 0.05; done";
const FREEZE = "systemctl kill --kill-who=main --signal=STOP docker.service";

/** A node whose Docker Engine stands still: its connections are there, and nothing ever comes. */
describe.each<{ when: string; phase: UpPhase; again: boolean }>([
  { when: "before the gate asks it", phase: "cloud-init", again: false },
  { when: "while it builds an image", phase: "first image", again: true },
])("a node whose Docker Engine stands still $when", ({ phase, again }) => {
  let lab: LabClone;
  let id: string;
  let result: CommandResult;

  beforeAll(async () => {
    lab = await makeLabClone();
    const up = await upUntil(lab, phase);
    ({ id } = await onlyNode(lab));
    await inNode(lab, id, `${WHEN_IT_RUNS}; ${FREEZE}`);
    result = await up.ended;
  });
  afterAll(() => lab.remove());

  test("`lab up` asks it, restarts it, and does once more what failed by that", () => {
    const { stderr } = expectSuccess(result);
    expect(stderr).toContain("its Docker Engine gave no answer for 60 s; it is restarted");
    expect(stderr.includes("the Docker Engine was restarted on node1: what failed is tried once more")).toBe(again);
  });

  test("the node is the same, and well", async () => {
    expect((await onlyNode(lab)).id).toBe(id);
    expect(await statesOf(lab)).toEqual({ seat01: "ready" });
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("once it is ready, and stands still then: `lab status` says so, `lab up` restarts it", async () => {
    await inNode(lab, id, FREEZE);
    expect(await statesOf(lab)).toEqual({ seat01: "no answer" });
    const { stderr } = expectSuccess(await lab.lab("up"));
    expect(stderr).toContain("node1: its Docker Engine gave no answer for 60 s; it is restarted");
    expect(await statesOf(lab)).toEqual({ seat01: "ready" });
  });

  test("`lab down` leaves nothing", async () => {
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});
