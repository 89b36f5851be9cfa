import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabClone, makeLabClone } from "../../support/lab-clone";
import { expectSuccess, leftoversOf, onlyNode, onNode } from "../../support/lab-facts";

describe("a ready lab whose passphrase is deleted", () => {
  let lab: LabClone;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--ssh-port", String(lab.sshPort), "--no-verify"));
  });
  afterAll(() => lab.remove());

  test("`lab up` touches nothing and names both ways out; put back, all is well", async () => {
    const passphrase = join(lab.directory, ".lab", "passphrase");
    const node = await onlyNode(lab);
    renameSync(passphrase, `${passphrase}.kept`);
    const up = await lab.lab("up");
    expect([up.exitCode, up.stderr]).toEqual([1, expect.stringContaining("Restore .lab/passphrase")]);
    expect(up.stderr).toContain(`./lab repair --stack ${lab.stack}`);
    renameSync(`${passphrase}.kept`, passphrase);
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await onlyNode(lab)).toEqual(node);
  });

  test("`lab repair` starts anew: the next `lab up` makes a ready seat, `lab down` leaves nothing", async () => {
    const node = await onlyNode(lab);
    rmSync(join(lab.directory, ".lab", "passphrase"));
    expect((await lab.lab("repair")).exitCode).toBe(1);
    expect(await onlyNode(lab)).toEqual(node);
    expectSuccess(await lab.lab("repair", "--yes"));
    expect(await leftoversOf(lab)).toEqual([]);
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});
