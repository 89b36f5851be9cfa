import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { isRunning } from "../files/processes";

const holderSchema = z.object({ process: z.number(), command: z.string(), since: z.string() });

/** A `lab` that changes a stack. */
type Holder = z.infer<typeof holderSchema>;

/** How the last `lab` that changed the stack has ended. */
export type LastEnd = "in order" | "killed";

/**
 * Does what changes a stack while no other `lab` of this clone does: two at once would mend what the other one is about to
 * make. Throws when there is one. What a killed one has left behind is no hindrance, but `work` should look after it.
 */
export async function withStackLock<T>(
  context: CommandContext,
  command: string,
  work: (lastEnd: LastEnd) => Promise<T>,
): Promise<T> {
  const folder = join(context.runtime.labDirectory, "at-work");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = join(folder, `${context.options.stack}.json`);
  const holder: Holder = { process: process.pid, command, since: new Date().toISOString() };
  const lastEnd = await take(place, holder, context.options.stack);
  try {
    return await work(lastEnd);
  } finally {
    rmSync(place, { force: true });
  }
}

async function take(place: string, holder: Holder, stack: string): Promise<LastEnd> {
  // Written beside and linked: whoever finds it, finds all of it.
  const own = `${place}.${process.pid}`;
  writeFileSync(own, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  try {
    if (link(own, place)) {
      return "in order";
    }
    const other = readHolder(place);
    if (other !== undefined && other.process !== process.pid && (await isRunning(other.process, /lab/))) {
      throw busy(other, stack);
    }
    renameSync(own, place);
    return "killed";
  } finally {
    rmSync(own, { force: true });
  }
}

function link(own: string, place: string): boolean {
  try {
    linkSync(own, place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

function readHolder(place: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(place, "utf8")));
  } catch {
    return undefined;
  }
}

function busy({ process: id, command, since }: Holder, stack: string): LabError {
  const started = new Date(since).toLocaleTimeString("en-GB");
  return new LabError(`Another lab is at work on "${stack}": ./lab ${command}, process ${id}, since ${started}.`, {
    hint: `Wait for it, or stop it by Ctrl-C where it was typed, or by: kill -INT ${id}`,
  });
}
