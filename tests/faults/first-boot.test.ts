import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { inNode, statesOf } from "../support/break-node";
import { waitForFirstBoot } from "../support/cut-off";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, nodesOf, onNode } from "../support/lab-facts";

/** Three nodes that come to grief in their first boot, each in its own way; killed ones are in tests/engine/isolation.test.ts. */
describe("a class in its first boot", () => {
  let lab: LabClone;
  let first: CommandResult;

  const container = (seat: string) => `lab-${lab.stack}-${seat}-node1`;

  beforeAll(async () => {
    lab = await makeLabClone();
    const up = lab.lab("up", "--seats", "3", "--ssh-port", String(lab.sshPort));
    try {
      await Promise.all([
        fillDiskOf(lab, container("seat03")),
        waitForFirstBoot(lab, container("seat01")).then(() => pause(lab, container("seat01"))),
        waitForFirstBoot(lab, container("seat02")).then(() => cutOff(lab, container("seat02"))),
      ]);
    } finally {
      first = await up;
    }
  });
  afterAll(() => lab.remove());

  test("`lab up` ends, and names each seat's trouble: paused, cut off, out of disk", () => {
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toContain("3 of 3 seats failed");
    expect(first.stderr).toContain(`  seat01  cloud-init: its container ${container("seat01")} is paused`);
    expect(first.stderr).toContain(`  seat02  its container ${container("seat02")} is cut off from its network`);
    expect(first.stderr).toMatch(/^ {2}seat03 {2}cloud-init: E: You don't have enough free space/m);
    expect(first.stderr).toContain(`Run ./lab up --stack ${lab.stack}: it repairs them`);
  });

  test("the next `lab up` lets two of them go on, and recreates the full one", async () => {
    const before = await nodesOf(lab);
    const { stderr } = expectSuccess(await lab.lab("up"));
    expect(stderr).toContain(`${container("seat01")} was paused; it continues now`);
    expect(stderr).toContain(`${container("seat02")} was cut off from its network; it is connected again`);
    expect(stderr).toContain(`recreating ${container("seat03")}: the gate said: `);
    const after = await nodesOf(lab);
    expect(after.slice(0, 2).map(({ id }) => id)).toEqual(before.slice(0, 2).map(({ id }) => id));
    expect(after[2]?.id).not.toBe(before[2]?.id);
    expect(await statesOf(lab)).toEqual({ seat01: "ready", seat02: "ready", seat03: "ready" });
    expect(await onNode(lab, "seat03", "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });
});

/** Tried until it goes: the Engine gives up on a node that makes processes faster than it freezes them. */
async function pause({ docker }: LabClone, container: string): Promise<void> {
  const isPaused = () =>
    docker
      .getContainer(container)
      .pause()
      .then(
        () => true,
        () => false,
      );
  await vi.waitUntil(isPaused, { timeout: 30_000, interval: 50 });
}

async function cutOff({ docker }: LabClone, container: string): Promise<void> {
  await docker.getNetwork("bridge").disconnect({ Container: container, Force: true });
}

/** Before cloud-init comes to its packages, the place for them is full: a little memory, none of this machine's disk. */
async function fillDiskOf(lab: LabClone, container: string): Promise<void> {
  const place = "/var/cache/apt/archives";
  const fill = `mount -t tmpfs -o size=256k tmpfs ${place} && mkdir ${place}/partial && echo full`;
  const isFilled = () =>
    inNode(lab, container, fill).then(
      (said) => said.endsWith("full"),
      () => false,
    );
  await vi.waitUntil(isFilled, { timeout: 600_000, interval: 50 });
}
