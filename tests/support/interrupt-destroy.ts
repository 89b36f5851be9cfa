import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { expect } from "vitest";
import type { LabClone } from "./lab-clone";

/** Presses Ctrl-C in the middle of a destroy: as soon as `isHalfWay`. */
export async function interruptDestroy(lab: LabClone, isHalfWay: () => Promise<boolean>): Promise<void> {
  const env = JSON.parse((await lab.lab("env", "--json")).stdout) as Record<string, string>;
  const destroy = execa("pulumi", ["destroy", "--yes", "--skip-preview", "--non-interactive"], {
    cwd: lab.directory,
    env: { ...lab.environment, ...env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  while (destroy.exitCode === null && !(await isHalfWay())) {
    await sleep(20);
  }
  destroy.kill("SIGINT");
  const { exitCode, stdout } = await destroy;
  expect(exitCode, stdout).not.toBe(0);
}
