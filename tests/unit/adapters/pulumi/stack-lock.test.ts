import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { commandLineOf } from "../../../../adapters/files/processes";
import { ownBackendUrl } from "../../../../adapters/pulumi/environment";
import { clearDeadLocks, readLocks, withStackLock } from "../../../../adapters/pulumi/stack-lock";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder } from "../../cli/support";

const LIVING = join("cli", "lab-and-pulumi");

/** A process whose arguments name lab and pulumi; ends with the test. */
function someProcess(): number {
  const child = spawn("sh", ["-c", "read -r line", LIVING], { stdio: ["pipe", "ignore", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child.pid ?? 0;
}

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn("true");
  await new Promise((resolve) => child.once("exit", resolve));
  return child.pid ?? 0;
}

describe("alone", () => {
  const roomIn = () => {
    const runtime = runtimeIn(temporaryFolder());
    const folder = join(runtime.labDirectory, "at-work");
    return { folder, context: contextFor(runtime, "dev", recordedReporter().reporter) };
  };
  const leave = (folder: string, process: number) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "dev.json"), JSON.stringify({ process, command: "up", since: new Date() }));
  };

  test("works when nobody else does, and leaves nothing behind, also when the work fails", async () => {
    const { folder, context } = roomIn();
    expect(await withStackLock(context, "up", async (lastEnd) => lastEnd)).toBe("in order");
    await expect(withStackLock(context, "up", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses while another one works, by name and process", async () => {
    const { folder, context } = roomIn();
    const other = someProcess();
    leave(folder, other);
    await expect(withStackLock(context, "down", async () => "done")).rejects.toThrow(
      `Another lab is at work on "dev": ./lab up, process ${other}, since`,
    );
    expect(readdirSync(folder)).toEqual(["dev.json"]);
  });

  test("goes on after one that was killed, and says so", async () => {
    const { folder, context } = roomIn();
    leave(folder, await endedProcess());
    expect(await withStackLock(context, "up", async (lastEnd) => lastEnd)).toBe("killed");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is not misled by a process that got the number of a killed one", async () => {
    const { folder, context } = roomIn();
    leave(folder, 1);
    expect(await commandLineOf(1)).not.toMatch(/lab/);
    expect(await withStackLock(context, "up", async (lastEnd) => lastEnd)).toBe("killed");
  });
});

describe("locks of pulumi", () => {
  const stackWith = (locks: readonly object[]) => {
    const directory = temporaryFolder();
    const state = join(directory, ".lab", "state");
    const folder = join(state, ".pulumi", "locks", "organization", "lab-nodes", "dev");
    mkdirSync(folder, { recursive: true });
    for (const [index, lock] of locks.entries()) {
      writeFileSync(join(folder, `${index}.json`), JSON.stringify(lock));
    }
    const environment = { PULUMI_BACKEND_URL: ownBackendUrl(state), PATH: process.env["PATH"] };
    const command = join(directory, "pulumi");
    writeFileSync(command, `#!/bin/sh\necho "$*" > "$0.called"\n`, { mode: 0o755 });
    return { name: "dev", directory, command, environment };
  };
  const lockOf = (pid: number, host = hostname()) => ({ pid, hostname: host, timestamp: "2026-11-23T15:54:32.9Z" });

  test("are dead when their process is, and taken for living on another machine", async () => {
    const [living, dead] = [someProcess(), await endedProcess()];
    const locks = await readLocks(stackWith([lockOf(living), lockOf(dead), lockOf(dead, "elsewhere")]));
    expect(locks.living.map(({ processId }) => processId)).toEqual([living, dead]);
    expect(locks.dead.map(({ processId }) => processId)).toEqual([dead]);
  });

  test("are cleared when all are dead, never under somebody who works", async () => {
    const dead = await endedProcess();
    const stack = stackWith([lockOf(dead)]);
    expect(await clearDeadLocks(stack)).toHaveLength(1);
    expect(readdirSync(stack.directory)).toContain("pulumi.called");
    const busy = stackWith([lockOf(dead), lockOf(someProcess())]);
    await expect(clearDeadLocks(busy)).rejects.toThrow("Another pulumi or lab is at work");
    expect(readdirSync(busy.directory)).not.toContain("pulumi.called");
    const elsewhere = stackWith([lockOf(dead, "elsewhere")]);
    await expect(clearDeadLocks(elsewhere)).rejects.toMatchObject({
      message: expect.stringContaining(`process ${dead} on elsewhere`),
      hint: expect.stringContaining("pulumi cancel --yes"),
    });
  });
});
