import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, leftoversOf, onlyNode, onNode } from "../support/lab-facts";
import {
  answeringDockerEngines,
  downUntilNodeGoes,
  killInTheMiddle,
  killWithoutWarning,
  startLab,
  upUntil,
} from "../support/running-lab";

/** As long as a pulumi may be at work that nobody watches any more. */
const ORPHAN_LIMIT = { timeout: 60_000, interval: 200 };

const CUT_OFF = "pulumi was cut off while creating node1-";

/** One lab, killed in one phase after another; each next command goes on from there. All phases by themselves: long/. */
describe("a lab of one seat whose commands are killed without a warning", () => {
  let lab: LabClone;

  beforeAll(async () => {
    lab = await makeLabClone();
  });
  afterAll(() => lab.remove());

  test("pulumi, when the container is made and the state does not know it: `lab down` leaves nothing", async () => {
    const up = await upUntil(lab, "container created");
    const { exitCode, stderr } = await killWithoutWarning(lab, up, "engine");
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("pulumi was killed (SIGKILL)")]);
    const { name } = await onlyNode(lab);
    const down = expectSuccess(await lab.lab("down"));
    expect(down.stderr).toContain(`the container ${name} exists, half made: it is removed`);
    expect(await leftoversOf(lab)).toEqual([]);
  });

  test("lab, when the machine is made: its pulumi stops in order, and nothing is left to repair", async () => {
    const up = await upUntil(lab, "machine made");
    await killWithoutWarning(lab, up, "lab");
    await vi.waitUntil(async () => (await answeringDockerEngines(lab)).length === 0, ORPHAN_LIMIT);
    expect(expectSuccess(await lab.lab("repair")).stdout).toContain("Nothing is left to repair");
  });

  test("pulumi, while cloud-init runs: the next `lab up` says what was cut off, and goes on with the same machine", async () => {
    const before = await onlyNode(lab);
    const up = await upUntil(lab, "gate");
    await killInTheMiddle(lab, up);
    expect((await onlyNode(lab)).id).toBe(before.id);
    const repair = await lab.lab("repair", "--json");
    const { outcome, plan } = JSON.parse(repair.stdout);
    expect([repair.exitCode, outcome]).toEqual([1, "planned"]);
    const [lock, ...operations] = plan.map(({ found }: { found: string }) => found);
    expect(lock).toContain("pulumi was killed while it worked on the stack");
    // The gate, or what had begun behind it when the signal came.
    expect(operations).not.toEqual([]);
    for (const operation of operations) {
      expect(operation).toContain(CUT_OFF);
    }
  });

  test("lab, while the last image is built: the next `lab up` ends with a ready seat on that machine", async () => {
    const before = await onlyNode(lab);
    const up = await upUntil(lab, "last image");
    expect(up.said()).toContain(CUT_OFF);
    await killWithoutWarning(lab, up, "lab");
    const { stderr } = expectSuccess(await lab.lab("up"));
    expect(stderr).not.toContain("cut off");
    expect(await onlyNode(lab)).toEqual(before);
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("two `lab up` at once: the second one says who is at work, changes nothing, and the first one is done", async () => {
    const first = startLab(lab, "up", "--refresh");
    await vi.waitUntil(async () => (await answeringDockerEngines(lab)).length > 0, ORPHAN_LIMIT);
    const second = await lab.lab("up");
    expect([second.exitCode, second.stderr]).toEqual([
      1,
      expect.stringContaining(`Another lab is at work on "${lab.stack}": ./lab up, process ${first.processId}`),
    ]);
    expectSuccess(await first.ended);
  });

  test("pulumi, while a `lab down` removes the node: the next one ends it", async () => {
    const down = await downUntilNodeGoes(lab);
    const { exitCode } = await killWithoutWarning(lab, down, "engine");
    expect(exitCode).toBe(1);
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});
