import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { isRunning } from "../files/processes";
import { stackFiles } from "./environment";
import { explainFailure } from "./explain";
import { type PulumiStack, runPulumi } from "./run";

const holderSchema = z.object({ process: z.number(), command: z.string(), since: z.string() });

/** A `lab` that changes a stack. */
type Holder = z.infer<typeof holderSchema>;

/** How the last `lab` that changed the stack has ended. */
export type LastEnd = "in order" | "killed";

/**
 * Does what changes a stack while no other `lab` of this clone does: two at once would repair what the other one is about to
 * create. Throws when there is one. What a killed one has left behind is no hindrance, but `work` should look after it.
 */
export async function withStackLock<T>(
  context: CommandContext,
  command: string,
  work: (lastEnd: LastEnd) => Promise<T>,
): Promise<T> {
  const folder = join(context.runtime.labDirectory, "at-work");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${context.options.stack}.json`);
  const holder: Holder = { process: process.pid, command, since: new Date().toISOString() };
  const lastEnd = await take(file, holder, context.options.stack);
  try {
    return await work(lastEnd);
  } finally {
    rmSync(file, { force: true });
  }
}

async function take(file: string, holder: Holder, stack: string): Promise<LastEnd> {
  // Written beside and linked: a reader never finds half of it.
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  try {
    if (link(own, file)) {
      return "in order";
    }
    const other = readJson(holderSchema, file);
    if (other !== undefined && other.process !== process.pid && (await isRunning(other.process, /lab/))) {
      throw busy(other, stack);
    }
    renameSync(own, file);
    return "killed";
  } finally {
    rmSync(own, { force: true });
  }
}

function link(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

function busy({ process: id, command, since }: Holder, stack: string): LabError {
  const started = new Date(since).toLocaleTimeString("en-GB");
  return new LabError(`Another lab is at work on "${stack}": ./lab ${command}, process ${id}, since ${started}.`, {
    hint: `Wait for it, or press Ctrl-C in its terminal, or run: kill -INT ${id}`,
  });
}

/** What a pulumi that works on a stack leaves there until it ends; `host` is the name of its machine. */
const lockSchema = z
  .object({ pid: z.number(), hostname: z.string(), timestamp: z.string() })
  .transform(({ pid, hostname: host, timestamp }) => ({ processId: pid, host, since: new Date(timestamp) }));

export type Lock = Readonly<z.infer<typeof lockSchema>>;

/** A stack's locks, by whether their process is at work. Where nobody can know, on another machine say, it is. */
export interface Locks {
  readonly living: readonly Lock[];
  readonly dead: readonly Lock[];
}

/** The locks in our own state folder; another backend's are pulumi's business. */
export async function readLocks(stack: PulumiStack): Promise<Locks> {
  const folder = stackFiles(stack)?.locks;
  const all = folder === undefined ? [] : lockFiles(folder).flatMap((file) => readJson(lockSchema, file) ?? []);
  const isLiving = await Promise.all(
    all.map(({ processId, host }) => host !== hostname() || isRunning(processId, /pulumi/)),
  );
  return { living: all.filter((_, index) => isLiving[index]), dead: all.filter((_, index) => !isLiving[index]) };
}

/** Throws where a pulumi is at work on the stack, or may be: on another machine, nobody here can know. */
export async function requireIdle(stack: PulumiStack): Promise<void> {
  const [busy] = (await readLocks(stack)).living;
  if (busy === undefined) {
    return;
  }
  const { processId, host } = busy;
  const who = `process ${processId} on ${host}, since ${busy.since.toLocaleTimeString("en-GB")}`;
  throw host === hostname()
    ? new LabError(`Another pulumi or lab is at work on the stack "${stack.name}": ${who}.`, {
        hint: `Wait for it, or press Ctrl-C in its terminal, or run: kill -INT ${processId}`,
      })
    : new LabError(
        `Another pulumi or lab is at work on the stack "${stack.name}", or one was killed while it was: ${who}.`,
        {
          hint: `Wait for it. If none runs there, run: eval "$(./lab env --stack ${stack.name})" && pulumi cancel --yes`,
        },
      );
}

/** Takes away the locks of processes that were killed. Throws where one is alive: pulumi can only drop all of them. */
export async function clearDeadLocks(stack: PulumiStack): Promise<readonly Lock[]> {
  await requireIdle(stack);
  const { dead } = await readLocks(stack);
  if (dead.length > 0) {
    const { exitCode, stderr } = await runPulumi(stack, ["cancel", "--yes", "--stack", stack.name]);
    if (exitCode !== 0) {
      throw explainFailure(stderr, stack.name);
    }
  }
  return dead;
}

function lockFiles(folder: string): string[] {
  // Before the first pulumi there is no folder.
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
}

/** Undefined for a file that has just been removed, or is half written by somebody who starts right now. */
function readJson<Output>(schema: z.ZodType<Output>, file: string): Output | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
