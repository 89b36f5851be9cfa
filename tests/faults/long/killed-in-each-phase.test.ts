import { afterEach, describe, expect, test } from "vitest";
import { type LabClone, makeLabClone } from "../../support/lab-clone";
import { expectSuccess, leftoversOf, onlyNode, onNode } from "../../support/lab-facts";
import { downUntilNodeGoes, killWithoutWarning, PHASES, upUntil, type Victim } from "../../support/running-lab";

const VICTIMS: readonly Victim[] = ["lab", "engine"];

/** Every phase by itself, from nothing to a ready seat. */
describe.each(VICTIMS)("the %s is killed", (victim) => {
  let lab: LabClone;

  afterEach(() => lab.remove());

  test.each(PHASES)("in the phase %s of an `up`: the next one ends with a ready seat", async (phase) => {
    lab = await makeLabClone();
    await killWithoutWarning(lab, await upUntil(lab, phase, "--no-verify"), victim);
    const before = await onlyNode(lab);
    expectSuccess(await lab.lab("up", "--no-verify"));
    const after = await onlyNode(lab);
    if (phase !== "container created") {
      expect(after.id).toBe(before.id);
    }
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });

  test.each(PHASES)("in the phase %s of an `up`: a `down` leaves nothing", async (phase) => {
    lab = await makeLabClone();
    await killWithoutWarning(lab, await upUntil(lab, phase, "--no-verify"), victim);
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });

  test("in a `down`: the next `up` ends with a ready seat", async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--no-verify", "--ssh-port", String(lab.sshPort)));
    await killWithoutWarning(lab, await downUntilNodeGoes(lab), victim);
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});
