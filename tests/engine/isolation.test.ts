import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { waitForFirstBoot } from "../support/cut-off";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, leftoversOf, onNode } from "../support/lab-facts";

/** A machine that was not touched has all three. */
interface Machine {
  readonly id: string;
  readonly startedAt: string;
  readonly isRunning: boolean;
}

/** A class in which nodes are killed in the middle of their first boot; spares take over. */
describe("a class of two seats and a spare", () => {
  let lab: LabClone;
  let first: CommandResult;

  const container = (place: string) => `lab-${lab.stack}-${place}-node1`;

  beforeAll(async () => {
    lab = await makeLabClone();
    const up = lab.lab("up", "--json", "--seats", "2", "--spares", "1", "--ssh-port", String(lab.sshPort));
    try {
      await Promise.all(["seat02", "spare01"].map((place) => kill(lab, container(place))));
    } finally {
      first = await up;
    }
  });
  afterAll(() => lab.remove());

  test("nodes killed while cloud-init works fail their own places, each with its cause; the rest is ready and verified", async () => {
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toContain("1 of 2 seats and 1 of 1 spare failed; the other 1 seat is ready.");
    expect(first.stderr).toContain(
      `  seat02   its container ${container("seat02")} does not run any more (exit code 137)`,
    );
    expect(first.stderr).toContain(`Run ./lab up --stack ${lab.stack}: it repairs them`);
    const { seats, verified } = JSON.parse(first.stdout);
    expect(verified).toMatchObject({ outcome: "passed", seats: ["seat01"] });
    expect(seats[1]).not.toHaveProperty("ready");
    expect(seats).toMatchObject([
      { seat: "seat01", state: "ready", cause: null, verdict: { outcome: "passed" } },
      { seat: "seat02", state: "failed", cause: expect.stringContaining("exit code 137") },
      { seat: "spare01", state: "failed", cause: expect.stringContaining("exit code 137") },
    ]);
  });

  test("the next `lab up` recreates those, also one that came back by itself, and leaves the good one alone", async () => {
    await lab.docker.getContainer(container("seat02")).start();
    await vi.waitUntil(() => hasBooted(lab, container("seat02")), { timeout: 120_000, interval: 1000 });
    const before = await machinesOf(lab, ["seat01", "seat02", "spare01"]);
    const { stderr } = expectSuccess(await lab.lab("up"));
    expect(stderr).toContain(`recreating ${container("seat02")}: its first boot was cut off`);
    expect(stderr).toContain(`recreating ${container("spare01")}: it was stopped before it was ready`);
    const after = await machinesOf(lab, ["seat01", "seat02", "spare01"]);
    expect(after[0]).toEqual(before[0]);
    expect(after[1]?.id).not.toBe(before[1]?.id);
    expect(after[2]?.id).not.toBe(before[2]?.id);
    expect(await statesOf(lab)).toEqual({ seat01: "ready", seat02: "ready", spare01: "spare" });
    expect(await onNode(lab, "seat02", "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("`lab spare` moves a seat's name at once, and touches no machine", async () => {
    const before = await machinesOf(lab, ["seat01", "seat02", "spare01"]);
    await onNode(lab, "spare01", "touch", "/root/mark-of-the-spare");
    const moved = expectSuccess(await lab.lab("spare", "seat02", "--json"));
    expect(JSON.parse(moved.stdout)).toMatchObject({ seat: "seat02", node: "spare01-node1", left: "seat02-node1" });
    expect(await onNode(lab, "seat02", "ls", "/root")).toContain("mark-of-the-spare");
    expect(await onNode(lab, "seat02-node1", "ls", "/root")).not.toContain("mark-of-the-spare");
    expect(await statesOf(lab)).toEqual({ seat01: "ready", seat02: "ready", "seat02-node1": "left" });
    expect(await machinesOf(lab, ["seat01", "seat02", "spare01"])).toEqual(before);
    const none = await lab.lab("spare", "seat01");
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining("There is no spare left for seat01.")]);
  });

  test("the next `lab up` removes the place that was left, and Pulumi's outputs have the seat where it is", async () => {
    const before = await machinesOf(lab, ["seat01", "spare01"]);
    expectSuccess(await lab.lab("up"));
    expect(await machinesOf(lab, ["seat01", "spare01"])).toEqual(before);
    expect((await leftoversOf(lab)).filter((name) => name.includes("seat02"))).toEqual([]);
    const { stdout } = expectSuccess(await lab.pulumi("stack", "output", "seats", "--json"));
    const seats: { seat: string; node: string }[] = JSON.parse(stdout);
    expect(seats.map(({ seat, node }) => [seat, node])).toEqual([
      ["seat01", "seat01-node1"],
      ["seat02", "spare01-node1"],
    ]);
  });

  test("a seat that fails while a spare gets ready moves by itself, and the class is complete", async () => {
    const before = await machinesOf(lab, ["seat01", "spare01"]);
    const up = lab.lab("up", "--seats", "3", "--spares", "2");
    await kill(lab, container("seat03"));
    const { stderr } = expectSuccess(await up);
    expect(stderr).toContain("seat03 is on the spare spare02-node1 now");
    expect(stderr).toContain("exit code 137");
    const { "seat03-node1": left, ...states } = await statesOf(lab);
    expect([left, states]).toEqual(["unreachable", { seat01: "ready", seat02: "ready", seat03: "ready" }]);
    expect(await machinesOf(lab, ["seat01", "spare01"])).toEqual(before);
  });
});

async function kill(lab: LabClone, name: string): Promise<void> {
  await waitForFirstBoot(lab, name);
  await lab.docker.getContainer(name).kill();
}

async function machinesOf({ docker, stack }: LabClone, places: readonly string[]): Promise<Machine[]> {
  const found = places.map((place) => docker.getContainer(`lab-${stack}-${place}-node1`).inspect());
  return (await Promise.all(found)).map(({ Id, State }) => ({
    id: Id,
    startedAt: State.StartedAt,
    isRunning: State.Running,
  }));
}

/** Whether cloud-init has come to its end, whatever that was. */
async function hasBooted({ docker }: LabClone, name: string): Promise<boolean> {
  const command = await docker.getContainer(name).exec({ Cmd: ["test", "-s", "/run/cloud-init/result.json"] });
  const stream = await command.start({});
  stream.resume();
  await new Promise((resolve) => stream.once("end", resolve));
  return (await command.inspect()).ExitCode === 0;
}

async function statesOf(lab: LabClone): Promise<Record<string, string>> {
  const { seats } = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
  return Object.fromEntries(seats.map(({ seat, state }: { seat: string; state: string }) => [seat, state]));
}
