import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, leftoversOf, onlyNode, onNode } from "../support/lab-facts";
import { downUntilNodeGoes, interrupt, startLab, upUntil } from "../support/running-lab";

/** Ctrl-C in one phase after another: each time what is done, what is not, and the command to go on. */
describe("a lab of one seat whose commands are stopped by Ctrl-C", () => {
  let lab: LabClone;

  beforeAll(async () => {
    lab = await makeLabClone();
  });
  afterAll(() => lab.remove());

  const expectNothingToRepair = async () =>
    expect(expectSuccess(await lab.lab("repair")).stdout).toContain("Nothing is left to repair");

  test("while cloud-init runs: the seat is not ready from there on, and the state is whole", async () => {
    const { exitCode, stderr } = await interrupt(await upUntil(lab, "cloud-init"));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Stopped. Ready: none. Not ready: node1 (not done: cloud-init and what comes after it).");
    expect(stderr).toContain(
      `Run ./lab up --stack ${lab.stack} to continue, or ./lab down --stack ${lab.stack} to remove the lab.`,
    );
    await expectNothingToRepair();
  });

  test("while the first image is built: the next `lab up` goes on with the same machine", async () => {
    const before = await onlyNode(lab);
    const { exitCode, stderr } = await interrupt(await upUntil(lab, "first image"));
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Not ready: node1 (not done: figlet")]);
    await expectNothingToRepair();
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await onlyNode(lab)).toEqual(before);
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("during the quick verdict: the lab is up, and the next `lab up` proves it", async () => {
    const up = startLab(lab, "up");
    await vi.waitUntil(() => up.said().includes("quick verdict on"), { timeout: 120_000, interval: 20 });
    const { exitCode, stderr } = await interrupt(up);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Stopped before the quick verdict was done.")]);
    const { verified } = JSON.parse(expectSuccess(await lab.lab("up", "--json")).stdout);
    expect(verified).toMatchObject({ outcome: "passed", seats: ["seat01"] });
  });

  test("while a `lab down` removes the node: says what is gone, and the next one ends it", async () => {
    const { exitCode, stderr } = await interrupt(await downUntilNodeGoes(lab));
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/Stopped\. Gone: .*node1/)]);
    expect(stderr).toContain(`Run ./lab down --stack ${lab.stack} again to remove the rest.`);
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});
