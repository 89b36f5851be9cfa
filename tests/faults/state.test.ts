import { existsSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, filesUnder, leftoversOf, type NodeContainer, onlyNode, onNode } from "../support/lab-facts";
import { stateFilesOf } from "../support/state-files";
import { modeOf } from "../support/watch";

/** A ready lab whose files are deleted or damaged, one after the other; its machine must not be touched unasked. */
describe("a ready lab of one seat", () => {
  let lab: LabClone;
  let node: NodeContainer;

  const fileOf = (...names: string[]) => join(lab.directory, ".lab", ...names);

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--ssh-port", String(lab.sshPort), "--no-verify"));
    node = await onlyNode(lab);
  });
  afterAll(() => lab.remove());

  test("its state is in files that a kill cannot leave half of: no metadata beside them, which Pulumi writes in place", () => {
    const files = filesUnder(fileOf("state"));
    expect(files).toContain(stateFilesOf(lab).state);
    expect(files.filter((file) => file.endsWith(".attrs"))).toEqual([]);
  });

  test("key folder deleted: the next `lab up` writes it again, for nobody else to read", async () => {
    rmSync(fileOf(lab.stack, "ssh"), { recursive: true });
    const { stderr } = expectSuccess(await lab.lab("up", "--no-verify"));
    expect(stderr).toContain(`the key files of the lab are missing (.lab/${lab.stack}/ssh): they are written again`);
    expect(await onNode(lab, "hostname")).toBe("node1");
    expect([modeOf(fileOf(lab.stack, "ssh")), modeOf(fileOf(lab.stack, "ssh", "id_ed25519"))]).toEqual(["700", "600"]);
    expect(await onlyNode(lab)).toEqual(node);
  });

  test("plugins deleted: the next `lab up` installs them, and nothing changes", async () => {
    rmSync(fileOf("pulumi-home"), { recursive: true });
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await onlyNode(lab)).toEqual(node);
  });

  test("state file cut off: the next `lab up` puts the newest copy in its place, and keeps the damaged one", async () => {
    const { state } = stateFilesOf(lab);
    truncateSync(state, 20_000);
    const status = await lab.lab("status");
    expect([status.exitCode, status.stderr]).toEqual([1, expect.stringContaining("lab repair")]);
    const { stderr } = expectSuccess(await lab.lab("up", "--no-verify"));
    expect(stderr).toMatch(
      /the state file is damaged: it is restored from the copy that Pulumi made at \d\d:\d\d:\d\d /,
    );
    expect(existsSync(`${state}.damaged`)).toBe(true);
    expect(await onlyNode(lab)).toEqual(node);
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("state and all its copies cut off: `lab up` touches nothing and names the repair, `lab down` takes all away", async () => {
    const { state, previous, history, backups } = stateFilesOf(lab);
    for (const file of [state, previous, ...filesUnder(history), ...filesUnder(backups)]) {
      truncateSync(file, 100);
    }
    const up = await lab.lab("up");
    expect([up.exitCode, up.stderr]).toEqual([1, expect.stringContaining(`./lab repair --stack ${lab.stack}`)]);
    expect(await onlyNode(lab)).toEqual(node);
    const down = expectSuccess(await lab.lab("down"));
    expect(down.stderr).toContain(`the container ${node.name} exists, but no state contains it: it is removed`);
    expect(await leftoversOf(lab)).toEqual([]);
  });

  test(".lab deleted: `lab up` touches nothing, `lab repair` removes what nobody can reach any more", async () => {
    expectSuccess(await lab.lab("up", "--no-verify"));
    rmSync(fileOf(), { recursive: true });
    const orphan = await onlyNode(lab);
    const up = await lab.lab("up");
    expect([up.exitCode, up.stderr]).toEqual([1, expect.stringContaining(`./lab repair --stack ${lab.stack}`)]);
    const plan = await lab.lab("repair");
    expect([plan.exitCode, plan.stdout]).toEqual([
      1,
      expect.stringContaining(`the container ${orphan.name} exists, but no state contains it`),
    ]);
    expect(await onlyNode(lab)).toEqual(orphan);
    expectSuccess(await lab.lab("repair", "--yes"));
    expect(await leftoversOf(lab)).toEqual([]);
    expectSuccess(await lab.lab("down"));
  });
});
