import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inNode, statesOf } from "../../support/break-node";
import { type CommandResult, type LabClone, makeLabClone } from "../../support/lab-clone";
import { expectSuccess, leftoversOf, onlyNode, onNode } from "../../support/lab-facts";
import { type UpPhase, upUntil } from "../../support/running-lab";

const WHEN_IT_RUNS = "until systemctl is-active --quiet docker; do sleep 0.05; done";
const FREEZE = "systemctl kill --kill-who=main --signal=STOP docker.service";
const RESTARTED = "its Docker Engine gave no answer for 60 s; it is restarted";

/** Nobody waits half an hour in a test: the clone's program has a limit of two minutes. */
function shortenTimeout(lab: LabClone): void {
  const file = join(lab.directory, "components/node-command.ts");
  const source = readFileSync(file, "utf8");
  expect(source).toContain('NODE_TIMEOUT = "30m"');
  writeFileSync(file, source.replace('NODE_TIMEOUT = "30m"', 'NODE_TIMEOUT = "2m"'));
}

/** A node whose Docker Engine does not answer any more: its connections stay open, and nothing ever comes. */
describe.each<{ when: string; phase: UpPhase }>([
  { when: "before the gate asks it", phase: "cloud-init" },
  { when: "while it builds an image", phase: "first image" },
])("a node whose Docker Engine stops answering $when", ({ phase }) => {
  let lab: LabClone;
  let id: string;
  let result: CommandResult;

  beforeAll(async () => {
    lab = await makeLabClone();
    shortenTimeout(lab);
    const up = await upUntil(lab, phase);
    ({ id } = await onlyNode(lab));
    await inNode(lab, id, `${WHEN_IT_RUNS}; ${FREEZE}`);
    result = await up.ended;
  });
  afterAll(() => lab.remove());

  test("`lab up` ends when the time for it is over, says so, and names the command to go on", () => {
    expect(result.exitCode, result.stderr).toBe(1);
    expect(result.stderr).toContain("did not finish within its timeout of 120 s");
    expect(result.stderr).toContain(`Run ./lab up --stack ${lab.stack}: it repairs it and changes nothing else.`);
  });

  test("the next `lab up` restarts it and goes on, on the same node", async () => {
    const { stderr } = expectSuccess(await lab.lab("up"));
    expect(stderr).toContain(RESTARTED);
    expect((await onlyNode(lab)).id).toBe(id);
    expect(await statesOf(lab)).toEqual({ seat01: "ready" });
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("once it is ready, and stops then: `lab status` and `lab up` say so, and the next `lab up` restarts it", async () => {
    await inNode(lab, id, FREEZE);
    expect(await statesOf(lab)).toEqual({ seat01: "no answer" });
    const failed = await lab.lab("up");
    expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining("could not list its images")]);
    const { stderr } = expectSuccess(await lab.lab("up"));
    expect(stderr).toContain(RESTARTED);
    expect(await statesOf(lab)).toEqual({ seat01: "ready" });
  });

  test("`lab down` leaves nothing", async () => {
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});
