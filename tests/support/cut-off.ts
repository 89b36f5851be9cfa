import { vi } from "vitest";
import type { LabClone } from "./lab-clone";

const TIMES = { timeout: 600_000, interval: 200 };

/** Waits until the gate is at work on a node and cloud-init is at its packages: in the middle of its first boot. */
export async function waitForFirstBoot(lab: LabClone, container: string): Promise<void> {
  await vi.waitUntil(() => runs(lab, container, "bash -s", "apt-get"), TIMES);
}

/**
 * Waits until an image is built on a node: Pulumi is at its Docker, and a RUN line is at work. What that line runs is in a
 * cgroup of its own, and not to be seen here.
 */
export async function untilBuilding(lab: LabClone, container: string): Promise<void> {
  await vi.waitUntil(() => runs(lab, container, "dial-stdio", "/buildkit/executor/"), TIMES);
}

/** Whether programs with all these words run on a node. */
async function runs({ docker }: LabClone, container: string, ...words: string[]): Promise<boolean> {
  const node = docker.getContainer(container);
  const top: { Processes: string[][] } = await node.top({ ps_args: "-eo pid,args" }).catch(() => ({ Processes: [] }));
  const commands = top.Processes.map((process) => process.join(" "));
  return words.every((word) => commands.some((line) => line.includes(word)));
}
