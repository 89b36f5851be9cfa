import { fstatSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { sshOptions } from "../../../adapters/ssh/options";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { plainText } from "../../../core/text";

const GIBIBYTE = 1024 ** 3;

/** Bytes that stay free on the operator's disk. */
const RESERVE_BYTES = GIBIBYTE;

/** Limits for a student's home: the student is root on the node, and decides what it sends. */
export interface HomeLimits {
  /** Size of one packed home, in GiB. */
  readonly gigabytes: number;
  /** Time for one home, in minutes. */
  readonly minutes: number;
}

/** The largest archive, and the reason for the limit. */
export interface ArchiveLimit {
  readonly bytes: number;
  readonly reason: string;
}

/** The limit for one home on a disk with so many bytes free. */
export function archiveLimit({ gigabytes }: HomeLimits, freeBytes: number): ArchiveLimit {
  const bytes = gigabytes * GIBIBYTE;
  const available = Math.max(0, freeBytes - RESERVE_BYTES);
  return bytes <= available
    ? { bytes, reason: `the limit is ${gigabytes} GB (--max-home-gb)` }
    : {
        bytes: available,
        reason: `the disk of this folder has ${formatBytes(freeBytes)} free, of which ${formatBytes(RESERVE_BYTES)} must stay free`,
      };
}

const SCRIPT = "cloud-init/files/pack-home.sh";

const PROGRESS_INTERVAL_MS = 500;

/** How much of a node's messages about the archive is read, and how many of their lines are shown. */
const REMARK_BYTES = 16 * 1024;
const REMARK_LINES = 20;

/** A seat whose node has an address. */
export type ReachableSeat = KnownSeat & { readonly ssh: NonNullable<KnownSeat["ssh"]> };

/**
 * Saves the student's home as an archive that only its owner can read. Throws, and leaves nothing, if it cannot be saved as a
 * whole within the limits.
 */
export async function saveHome(context: CommandContext, seat: ReachableSeat, limits: HomeLimits): Promise<SavedHome> {
  const { runtime, options, reporter, signal } = context;
  const file = homeArchive(options.stack, seat.seat, new Date());
  const path = join(runtime.programDirectory, file);
  const unfinished = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(dirname(path));
  const limit = archiveLimit(limits, bavail * bsize);
  if (limit.bytes === 0) {
    throw notSaved(seat, limit.reason, options.stack);
  }
  const archive = await open(unfinished, "wx", 0o600);
  const size = () => fstatSync(archive.fd).size;
  try {
    const { failure, remarks } = await reporter.task(`saving the home of ${seat.seat}`, async (update) => {
      const timer = setInterval(() => update(formatBytes(size())), PROGRESS_INTERVAL_MS);
      return packHome(context, seat, { archive, limit, minutes: limits.minutes }).finally(() => clearInterval(timer));
    });
    signal.throwIfAborted();
    if (failure !== undefined) {
      throw notSaved(seat, failure, options.stack);
    }
    // Its machine is removed next: the archive must be on the disk by then.
    await archive.sync();
    renameSync(unfinished, path);
    return { seat: seat.seat, file, bytes: size(), leftOut: remarks };
  } finally {
    await archive.close();
    rmSync(unfinished, { force: true });
  }
}

/** Makes the node send its archive into a file. Returns why there is no whole archive, and which files the node left out. */
async function packHome(
  { runtime: { programDirectory }, options, signal }: CommandContext,
  { node, ssh: { host, port, user, through } }: ReachableSeat,
  { archive, limit, minutes }: { archive: FileHandle; limit: ArchiveLimit; minutes: number },
): Promise<{ failure: string | undefined; remarks: string[] }> {
  const target = ["-p", String(port), "-l", user, host, "--", "bash -s"];
  const child = execa("ssh", [...sshOptions(options.stack, node, through), ...target], {
    cwd: programDirectory,
    input: readFileSync(join(programDirectory, SCRIPT), "utf8"),
    buffer: false,
    timeout: minutes * 60_000,
    reject: false,
    signal,
  });
  const receiving = receive(child.stdout ?? [], archive, limit).catch((error: Error) => {
    child.kill();
    return error.message;
  });
  const [result, remarks, trouble] = await Promise.all([child, readRemarks(child.stderr ?? []), receiving]);
  if (result.timedOut) {
    const failure = `the node was not done after ${minutes} minutes, which is the limit (--max-home-minutes)`;
    return { failure, remarks };
  }
  const isWhole = !result.failed && trouble === undefined;
  const reason = trouble ?? (remarks.join("\n  ") || `ssh exited with code ${result.exitCode ?? "none"}`);
  return { failure: isWhole ? undefined : reason, remarks };
}

/** Writes a stream into the file. Rejects before the file exceeds the limit. */
async function receive(
  stream: AsyncIterable<Buffer> | Iterable<Buffer>,
  file: FileHandle,
  limit: ArchiveLimit,
): Promise<undefined> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > limit.bytes) {
      throw new Error(`the node sent more than ${formatBytes(limit.bytes)}: ${limit.reason}`);
    }
    await file.writeFile(chunk);
  }
  return undefined;
}

/** The first lines of a stream, safe to show. The rest is read, too, so that its writer does not wait. */
async function readRemarks(stream: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<string[]> {
  let text = "";
  try {
    for await (const chunk of stream) {
      text += String(chunk).slice(0, REMARK_BYTES - text.length);
    }
  } catch {
    // The stream ends with its process, whose exit is reported.
  }
  const lines = plainText(text)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const more = lines.length - REMARK_LINES;
  return more > 0 ? [...lines.slice(0, REMARK_LINES), `and ${more} more lines`] : lines;
}

function notSaved({ seat }: KnownSeat, reason: string, stack: string): LabError {
  const flag = stackFlag(stack);
  return new LabError(`The student's home on ${seat} could not be saved, so no machine was replaced:\n  ${reason}`, {
    hint: [
      `If its node was stopped or paused, run ./lab up${flag} to start it again.`,
      `To save a larger home, or to wait longer: ./lab reset${flag} ${seat} --max-home-gb 20 --max-home-minutes 60`,
      `To lose its home: ./lab reset${flag} ${seat} --discard`,
    ].join("\n"),
  });
}

/** The archive of a student's home. */
export interface SavedHome {
  readonly seat: string;
  /** Path of the archive, relative to the clone. */
  readonly file: string;
  readonly bytes: number;
  /** The node's messages about files that are not in the archive, or changed while it was made; a line each. */
  readonly leftOut: readonly string[];
}

/** Folder of a stack's saved homes, relative to the clone. They outlive the lab. */
export function homesDirectory(stack: string): string {
  return join(".lab", stack, "homes");
}

/** Path of a seat's archive. The time (UTC) in it keeps earlier archives. */
export function homeArchive(stack: string, seat: string, at: Date): string {
  return join(homesDirectory(stack), `${seat}-${at.toISOString().replace(/[-:]|\.\d+/g, "")}.tar.gz`);
}

/** The size of an archive: "0.4 KB", "12 KB", "3.1 MB". */
export function formatBytes(bytes: number): string {
  const units = ["KB", "MB", "GB"] as const;
  const size = (power: number) => bytes / 1024 ** power;
  const power = size(3) >= 1 ? 3 : size(2) >= 1 ? 2 : 1;
  return `${size(power).toFixed(size(power) < 10 ? 1 : 0)} ${units[power - 1]}`;
}
