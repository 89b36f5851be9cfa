import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { cloneLab, type LabClone } from "../support/lab-clone";
import { expectSuccess } from "../support/lab-facts";

interface RunningProcess {
  readonly id: number;
  readonly words: string;
}

/** All processes that run something of a clone, or in it. */
function processesOf(lab: LabClone): RunningProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        const words = readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
        const isOurs = words.includes(lab.directory) || readlinkSync(`/proc/${id}/cwd`) === lab.directory;
        return isOurs ? [{ id: Number(id), words }] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** The process that serves a lab's plugins. */
function hostOf(lab: LabClone): number | undefined {
  return processesOf(lab).find(({ words }) => words.includes(join("plugin-host", "plugin.js")))?.id;
}

/** Starts `lab up` and comes back when its node was made: from then on a plugin waits for cloud-init. */
async function upUntilNode(lab: LabClone) {
  const up = execa(join(lab.directory, "lab"), ["up", "--ssh-port", String(lab.sshPort)], {
    env: lab.environment,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  await new Promise<void>((made) => {
    up.stderr?.on("data", (bytes: Buffer) => {
      if (/machine {2}created/.test(bytes.toString())) {
        made();
      }
    });
    void up.then(() => made());
  });
  // In an object: a promise of it would wait for its end.
  return { up };
}

test("plugins that lose their process end the run with its reason, and the next `up` goes on", async () => {
  const lab = await cloneLab();
  const { up } = await upUntilNode(lab);
  process.kill(hostOf(lab) ?? 0, "SIGKILL");
  const failed = await up;
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toMatch(/the air-gapped plugin resource-command-v\S+ is gone/);
  await expect.poll(() => processesOf(lab), { timeout: 5_000 }).toEqual([]);
  expectSuccess(await lab.lab("up"));
  expect(processesOf(lab)).toEqual([]);
});

test("a killed lab leaves no plugin, and no process that serves them", async () => {
  const lab = await cloneLab();
  const { up } = await upUntilNode(lab);
  process.kill(up.pid ?? 0, "SIGKILL");
  await up;
  // Pulumi's own language host looks only every five minutes whether pulumi is still there.
  const left = () => processesOf(lab).filter(({ words }) => /plugin-host|pulumi-resource|plugin\.js/.test(words));
  await expect.poll(left, { timeout: 120_000, interval: 1_000 }).toEqual([]);
});
