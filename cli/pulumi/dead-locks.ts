import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type PulumiResult, type PulumiStack, runPulumi } from "./run";

/** Who holds a lock on a stack, as pulumi says it. */
export interface LockHolder {
  readonly host: string;
  readonly process: number;
}

/** A pulumi whose `lab` was killed notices that, and ends. */
const PATIENCE_MILLISECONDS = 30_000;

/** Whether pulumi did nothing because somebody else is at work on the stack, or was. */
export function isLocked({ stderr, stdout }: PulumiResult): boolean {
  return /currently locked/.test(stderr + stdout);
}

/** Everybody who holds a lock, from pulumi's refusal. */
export function lockHolders({ stderr, stdout }: PulumiResult): LockHolder[] {
  const holders = (stderr + stdout).matchAll(/created by [^\n]*@([^\s@]+) \(pid (\d+)\)/g);
  return [...holders].map(([, host = "", process]) => ({ host, process: Number(process) }));
}

/**
 * Takes away the locks that pulumi has refused an operation for, if all of them were left by processes of this machine that
 * are dead. Gives whether it did. One that lives is waited for, for a moment.
 */
export async function clearDeadLocks(stack: PulumiStack, refusal: PulumiResult): Promise<boolean> {
  const holders = lockHolders(refusal);
  // What is not said, or is said of another machine, nobody here can know to be dead.
  if (holders.length === 0 || holders.some(({ host }) => host !== hostname())) {
    return false;
  }
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (holders.some(({ process }) => isAlive(process))) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(500);
  }
  return (await runPulumi(stack, ["cancel", "--yes", "--stack", stack.name])).exitCode === 0;
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
