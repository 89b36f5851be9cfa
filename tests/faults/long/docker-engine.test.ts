import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { statesOf, upWithoutReplacing } from "../../support/break-node";
import { untilBuilding } from "../../support/cut-off";
import { type CommandResult, type LabClone, makeLabClone } from "../../support/lab-clone";
import { expectSuccess, leftoversOf, nodesOf, onNode } from "../../support/lab-facts";
import { cacheBeside, type SecondDockerEngine, startSecondDockerEngine } from "../../support/second-docker-engine";

const HELLO = ["docker", "run", "--rm", "hello:v0.2"] as const;

/** The Docker Engine of the operator's machine, killed in the middle of an `up`, and with the whole machine; one beside the usual one. */
describe.runIf(process.platform === "linux" && process.getuid?.() === 0)("a lab whose Docker Engine ends", () => {
  let lab: LabClone;
  let engine: SecondDockerEngine;
  let first: CommandResult;

  beforeAll(async () => {
    engine = await startSecondDockerEngine();
    lab = await makeLabClone({ dockerHost: engine.host });
    lab.environment["XDG_CACHE_HOME"] = cacheBeside(engine);
    const up = lab.lab("up", "--ssh-port", String(lab.sshPort));
    try {
      await untilBuilding(lab, `lab-${lab.stack}-node1`);
      await engine.kill();
    } finally {
      first = await up;
    }
  });
  afterAll(async () => {
    try {
      await lab?.remove();
    } finally {
      await engine?.stop();
    }
  });

  test("killed while an image is built: `lab up` ends, and says how to go on", () => {
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toMatch(/^ {2}seat01 {2}its Docker Engine does not answer/m);
    expect(first.stderr).toContain(`Run ./lab up --stack ${lab.stack}: it repairs it and changes nothing else.`);
  });

  test("as long as it does not run, `up` and `down` say so, and `status` says that nothing answers", async () => {
    for (const command of ["up", "down"]) {
      const { exitCode, stderr } = await lab.lab(command);
      expect(exitCode, stderr).not.toBe(0);
      expect(stderr).toContain(`The Docker Engine at ${engine.host} does not answer`);
    }
    expect(await statesOf(lab)).toEqual({ seat01: "unreachable" });
  });

  test("once it runs again, the next `lab up` ends well", async () => {
    await engine.start();
    expectSuccess(await lab.lab("up"));
    expect(await onNode(lab, ...HELLO)).toContain("this is v0.2");
  });

  test("the machine loses its power: after its start the seat comes back by itself, and passes verify", async () => {
    const before = await nodesOf(lab);
    await onNode(lab, "touch", "/home/student/work");
    await engine.cutPower();
    await engine.start();
    await vi.waitUntil(async () => (await statesOf(lab))["seat01"] === "ready", { timeout: 60_000, interval: 1000 });
    expect(await nodesOf(lab)).toEqual(before);
    await vi.waitUntil(async () => (await lab.lab("ssh", ...HELLO)).exitCode === 0, { timeout: 60_000 });
    expectSuccess(await lab.lab("verify"));
    expect(await onNode(lab, "ls", "/home/student")).toContain("work");
  });

  test("a class that ends by itself stays off then, and `lab up` starts it with all that is on it", async () => {
    new StackConfig(lab.directory, lab.stack).write(new Map([["expires", "8h"]]));
    expectSuccess(await lab.lab("up"));
    await onNode(lab, "touch", "/home/student/later-work");
    await engine.cutPower();
    await engine.start();
    expect((await nodesOf(lab)).map(({ state }) => state)).toEqual(["exited"]);
    expect(await upWithoutReplacing(lab)).toContain("was stopped; it is started again");
    expect(await onNode(lab, "ls", "/home/student")).toContain("later-work");
  });

  test("`lab down` leaves nothing", async () => {
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});
