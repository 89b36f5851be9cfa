import { vi } from "vitest";
import type { LabClone } from "./lab-clone";

/** Waits until the gate is at work on a node and cloud-init is at its packages: in the middle of its first boot. */
export async function waitForFirstBoot({ docker }: LabClone, container: string): Promise<void> {
  const node = docker.getContainer(container);
  const isInTheMiddle = async () => {
    const top: { Processes: string[][] } = await node.top({ ps_args: "-eo pid,args" }).catch(() => ({ Processes: [] }));
    const commands = top.Processes.map((words) => words.join(" "));
    return commands.some((line) => line.includes("bash -s")) && commands.some((line) => line.includes("apt-get"));
  };
  await vi.waitUntil(isInTheMiddle, { timeout: 180_000, interval: 200 });
}
