import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { describe, expect, test, vi } from "vitest";
import { clearDeadLocks, isLocked, lockHolders } from "../../cli/pulumi/dead-locks";

const ran: string[][] = [];
vi.mock("../../cli/pulumi/run", () => ({
  runPulumi: async (_: unknown, words: string[]) => {
    ran.push(words);
    return { exitCode: 0, stdout: "", stderr: "" };
  },
}));

const STACK = { name: "dev-bake", directory: "/", command: "/no/pulumi", environment: {} };

/** As pulumi 3.259 says it, one line for each lock. */
function refusal(...holders: string[]) {
  const lines = holders.map(
    (holder) => `  file:///labs/.pulumi/locks/x.json: created by ${holder} at 2026-11-23T16:02:03Z`,
  );
  const stderr = `error: the stack is currently locked by ${holders.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.\n${lines.join("\n")}\n`;
  return { exitCode: 255, stdout: "", stderr };
}

/** The id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  return child.pid ?? 0;
}

test("who holds a lock is read from pulumi's refusal", () => {
  const told = refusal("ana@desk (pid 12)", "Ana B@desk-2 (pid 345)");
  expect(isLocked(told)).toBe(true);
  expect(lockHolders(told)).toEqual([
    { host: "desk", process: 12 },
    { host: "desk-2", process: 345 },
  ]);
  expect(isLocked({ exitCode: 1, stdout: "", stderr: "error: no stack named 'dev'" })).toBe(false);
});

describe("clearDeadLocks", () => {
  test("takes away what a dead process of this machine left", async () => {
    ran.length = 0;
    const told = refusal(`root@${hostname()} (pid ${await deadProcess()})`);
    expect(await clearDeadLocks(STACK, told)).toBe(true);
    expect(ran).toEqual([["cancel", "--yes", "--stack", "dev-bake"]]);
  });

  test("waits for one that is about to end", async () => {
    ran.length = 0;
    const child = spawn("sleep", ["1"]);
    expect(await clearDeadLocks(STACK, refusal(`root@${hostname()} (pid ${child.pid})`))).toBe(true);
    expect(child.exitCode).toBe(0);
  });

  test("leaves another machine's lock, and one that says nothing of whose it is", async () => {
    ran.length = 0;
    const dead = await deadProcess();
    expect(await clearDeadLocks(STACK, refusal(`root@elsewhere (pid ${dead})`))).toBe(false);
    expect(await clearDeadLocks(STACK, refusal(`root@${hostname()} (pid ${dead})`, "root@elsewhere (pid 1)"))).toBe(
      false,
    );
    expect(await clearDeadLocks(STACK, refusal())).toBe(false);
    expect(ran).toEqual([]);
  });

  test("leaves the lock of a process that goes on", async () => {
    ran.length = 0;
    vi.useFakeTimers({ toFake: ["Date"] });
    const told = refusal(`root@${hostname()} (pid ${process.pid})`);
    const cleared = clearDeadLocks(STACK, told);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await cleared).toBe(false);
    vi.useRealTimers();
    expect(ran).toEqual([]);
  });
});
