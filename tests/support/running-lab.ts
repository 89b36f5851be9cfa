import { readFileSync } from "node:fs";
import { execa } from "execa";
import { vi } from "vitest";
import { readLocks } from "../../adapters/pulumi/stack-lock";
import { parseStateFile } from "../../adapters/pulumi/state";
import { waitForFirstBoot } from "./cut-off";
import type { CommandResult, LabClone } from "./lab-clone";
import { stackOf, stateFilesOf } from "./state-files";

const WAIT = { timeout: 240_000, interval: 50 };

/** A `./lab` command that has not ended yet. */
export interface RunningLab {
  readonly processId: number;
  /** What it has written to its standard error up to now. */
  said(): string;
  /** Does not reject when it fails, or is killed. */
  readonly ended: Promise<CommandResult>;
}

/** How far an `up` of one seat has come, in order. */
export const PHASES = ["container created", "machine made", "cloud-init", "gate", "first image", "last image"] as const;

export type UpPhase = (typeof PHASES)[number];

/** What the command says once it is in a phase; the others are seen on the Docker Engine. */
const SAID: Partial<Record<UpPhase, RegExp>> = {
  "machine made": /machine +(created|replaced)/,
  gate: /cloud-init +finished/,
  "first image": /base images +loaded/,
  // The last one waits for hello:v0.1 and takes a moment then: it may be over before anybody can act.
  "last image": /(figlet|hello:v0\.1) +built/,
};

/** Starts `./lab WORDS` in a clone. */
export function startLab(lab: LabClone, ...words: string[]): RunningLab {
  const child = execa(`${lab.directory}/lab`, words, {
    cwd: lab.directory,
    env: lab.environment,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += String(chunk);
  });
  const ended = child.then(({ exitCode, stdout, stderr }) => ({ exitCode: exitCode ?? -1, stdout, stderr }));
  return { processId: child.pid ?? 0, said: () => said, ended };
}

/** Starts `./lab up` and waits until it is in the given phase. Fails the test when it ends before. */
export async function upUntil(lab: LabClone, phase: UpPhase, ...words: string[]): Promise<RunningLab> {
  const isCreated = phase === "container created" ? containerEvent(lab, "create") : undefined;
  const up = startLab(lab, "up", "--ssh-port", String(lab.sshPort), ...words);
  await untilOrEnd(up, phase, isCreated ?? (() => waitForPhase(lab, up, phase)));
  return up;
}

/** Starts `./lab down` and waits until the node's container has been told to stop. */
export async function downUntilNodeGoes(lab: LabClone): Promise<RunningLab> {
  const goes = containerEvent(lab, "kill");
  const down = startLab(lab, "down");
  await untilOrEnd(down, "node goes", goes);
  return down;
}

async function waitForPhase(lab: LabClone, up: RunningLab, phase: UpPhase): Promise<void> {
  const said = SAID[phase];
  await (said === undefined
    ? waitForFirstBoot(lab, `lab-${lab.stack}-node1`)
    : vi.waitUntil(() => said.test(up.said()), WAIT));
}

async function untilOrEnd(running: RunningLab, phase: string, wait: () => Promise<void>): Promise<void> {
  const end = running.ended.then(({ stdout, stderr }) => {
    throw new Error(`it ended before "${phase}":\n${stdout}\n${stderr}`);
  });
  end.catch(() => undefined);
  await Promise.race([wait(), end]);
}

/** Listens from now on for what the Docker Engine tells of the lab's containers. */
function containerEvent({ docker, stack }: LabClone, event: string): () => Promise<void> {
  const filters = JSON.stringify({ type: ["container"], event: [event], label: [`lab-nodes.stack=${stack}`] });
  const listening = docker.getEvents({ filters });
  return async () => {
    const events = await listening;
    await new Promise((resolve) => events.once("data", resolve));
    (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
  };
}

/** Who is killed. */
export type Victim = "lab" | "engine";

/** Kills the command or the pulumi that it runs, without a warning, and waits until both are gone. */
export async function killWithoutWarning(lab: LabClone, running: RunningLab, victim: Victim): Promise<CommandResult> {
  const engine = await engineOf(lab, running);
  process.kill(victim === "lab" ? running.processId : engine, "SIGKILL");
  return running.ended;
}

/** Kills the pulumi in the middle of a step: between two steps nothing is cut off, so it is held still for each look at its state. */
export async function killInTheMiddle(lab: LabClone, running: RunningLab): Promise<CommandResult> {
  const engine = await engineOf(lab, running);
  await vi.waitUntil(() => {
    process.kill(engine, "SIGSTOP");
    const isInTheMiddle = pendingIn(lab) > 0;
    process.kill(engine, isInTheMiddle ? "SIGKILL" : "SIGCONT");
    return isInTheMiddle;
  }, WAIT);
  return running.ended;
}

async function engineOf(lab: LabClone, running: RunningLab): Promise<number> {
  const [engine] = await answeringDockerEngines(lab);
  if (engine === undefined) {
    throw new Error(`no pulumi is at work:\n${running.said()}`);
  }
  return engine;
}

/** How many steps a lab's state has that have begun and not ended. */
function pendingIn(lab: LabClone): number {
  return parseStateFile(readFileSync(stateFilesOf(lab).state, "utf8"))?.pending.length ?? 0;
}

/** Presses Ctrl-C. */
export function interrupt(running: RunningLab): Promise<CommandResult> {
  process.kill(running.processId, "SIGINT");
  return running.ended;
}

/** Processes of pulumi that work on a lab's stack. */
export async function answeringDockerEngines(lab: LabClone): Promise<number[]> {
  return (await readLocks(stackOf(lab))).living.map(({ processId }) => processId);
}
