import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { DESTROY_LIMIT, expectSuccess, leftoversOf, nodesOf, onNode } from "../support/lab-facts";

const HELLO = ["docker", "run", "--rm", "hello:v0.2"] as const;

/** A class that starts with a bad seat, is repaired, grows, shrinks, and is taken down with its nodes in trouble. */
describe("a class of two seats", () => {
  let lab: LabClone;
  let firstUp: CommandResult;

  beforeAll(async () => {
    lab = await makeLabClone();
    const up = lab.lab("up", "--seats", "2", "--ssh-port", String(lab.sshPort));
    try {
      await removeWhileItsGateRuns(lab, nodeName("seat02"));
    } finally {
      firstUp = await up;
    }
  });
  afterAll(() => lab.remove());

  const nodeName = (seat: string) => `lab-${lab.stack}-${seat}-node1`;

  test("a node that is lost while cloud-init works fails its own seat, and the other one gets ready", async () => {
    expect(firstUp.exitCode).toBe(1);
    expect(firstUp.stderr).toMatch(/1 of 2 seats failed: seat02/);
    expect(await seatStates(lab)).toMatchObject({ seat01: "ready" });
    expect(await onNode(lab, "seat01", ...HELLO)).toContain("this is v0.2");
  });

  test("the next `lab up` recovers it, and leaves the good seat alone", async () => {
    const [good] = await nodesOf(lab);
    expectSuccess(await lab.lab("up"));
    const nodes = await nodesOf(lab);
    expect(nodes.map(({ name }) => name)).toEqual([nodeName("seat01"), nodeName("seat02")]);
    expect(nodes[0]).toEqual(good);
    expect(await seatStates(lab)).toEqual({ seat01: "ready", seat02: "ready" });
    expect(await onNode(lab, "seat02", ...HELLO)).toContain("this is v0.2");
    expect(await onNode(lab, "seat02", "hostname")).toBe("node1");
  });

  test("from 2 seats to 3 and back to 2, the first two keep their machines", async () => {
    const two = await nodesOf(lab);
    expectSuccess(await lab.lab("up", "--seats", "3"));
    const three = await nodesOf(lab);
    expect(three).toEqual([...two, { name: nodeName("seat03"), id: expect.any(String), state: "running" }]);
    expect(await onNode(lab, "seat03", ...HELLO)).toContain("this is v0.2");

    expectSuccess(await lab.lab("up", "--seats", "2"));
    expect(await nodesOf(lab)).toEqual(two);
    expect((await leftoversOf(lab)).filter((name) => name.includes("seat03"))).toEqual([]);
  });

  test("from 2 seats to 1 and back to 2, the first seat gets a new machine at the same port", async () => {
    expectSuccess(await lab.lab("up", "--seats", "1", "--no-verify"));
    expect((await nodesOf(lab)).map(({ name }) => name)).toEqual([`lab-${lab.stack}-node1`]);
    expect(await onNode(lab, "seat01", ...HELLO)).toContain("this is v0.2");

    expectSuccess(await lab.lab("up", "--seats", "2", "--no-verify"));
    expect((await nodesOf(lab)).map(({ name }) => name)).toEqual([nodeName("seat01"), nodeName("seat02")]);
    expect(await onNode(lab, "seat01", ...HELLO)).toContain("this is v0.2");
    expect((await leftoversOf(lab)).filter((name) => name === `lab-${lab.stack}-node1`)).toEqual([]);
  });

  test("`lab down` with a node paused is done in seconds, names what is left, and touches nobody else's things", async () => {
    const leftover = await makeVolume(lab, `mine-${lab.stack}`, { "lab-nodes.stack": lab.stack });
    const neighbour = await makeVolume(lab, `neighbour-${lab.stack}`, {});
    await lab.docker.getContainer(nodeName("seat01")).pause();

    const started = Date.now();
    const down = await lab.lab("down");
    expect(Date.now() - started).toBeLessThan(DESTROY_LIMIT);
    expect(down.exitCode).toBe(1);
    expect(down.stderr).toContain(`  - the volume ${leftover}`);
    expect(down.stderr).toContain(`docker volume rm ${leftover}`);
    expect(down.stderr).not.toContain(neighbour);
    expect(await leftoversOf(lab)).toEqual([]);
    const volumes = (await lab.docker.listVolumes()).Volumes.map(({ Name }) => Name);
    expect(volumes).toEqual(expect.arrayContaining([leftover, neighbour]));

    await lab.docker.getVolume(leftover).remove();
    expect(expectSuccess(await lab.lab("down")).stdout).toContain("no container, volume, network or key of it is left");
  });
});

/** Waits until the gate is at work on a node, which is while cloud-init is, and takes the node away under it. */
async function removeWhileItsGateRuns(lab: LabClone, node: string): Promise<void> {
  const container = lab.docker.getContainer(node);
  const runsGate = async () => {
    const top: { Processes: string[][] } = await container
      .top({ ps_args: "-eo pid,args" })
      .catch(() => ({ Processes: [] }));
    return top.Processes.some((words) => words.includes("bash -s"));
  };
  await vi.waitUntil(runsGate, { timeout: 120_000, interval: 200 });
  await container.remove({ force: true });
}

async function seatStates(lab: LabClone): Promise<Record<string, string>> {
  const { seats } = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
  return Object.fromEntries(seats.map(({ seat, state }: { seat: string; state: string }) => [seat, state]));
}

/** A volume that is there for the running test. */
async function makeVolume(lab: LabClone, name: string, labels: Record<string, string>): Promise<string> {
  await lab.docker.createVolume({ Name: name, Labels: labels });
  onTestFinished(() =>
    lab.docker
      .getVolume(name)
      .remove()
      .catch(() => {}),
  );
  return name;
}
