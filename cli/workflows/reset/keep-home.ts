import { fstatSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { type FileHandle, open, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { stackFlag } from "../../../adapters/pulumi/operation";
import { sshOptions } from "../../../adapters/ssh/options";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { plainText } from "../../../core/text";

const GIBIBYTE = 1024 ** 3;

/** What stays free on the operator's disk when homes are kept. */
const RESERVE_BYTES = GIBIBYTE;

/** How much of a student's home is kept: the student is root on the node, and decides what it sends. */
export interface HomeLimits {
  /** Size of one packed home, in GiB. */
  readonly gigabytes: number;
  /** Time for one home, in minutes. */
  readonly minutes: number;
}

/** How many bytes a home may have, and why no more. */
export interface ArchiveLimit {
  readonly bytes: number;
  readonly reason: string;
}

/** The limit for one home on a disk with so many bytes free. */
export function archiveLimit({ gigabytes }: HomeLimits, freeBytes: number): ArchiveLimit {
  const bytes = gigabytes * GIBIBYTE;
  const room = Math.max(0, freeBytes - RESERVE_BYTES);
  return bytes <= room
    ? { bytes, reason: `the limit is ${gigabytes} GB (--max-home-gb)` }
    : {
        bytes: room,
        reason: `the disk of this folder has ${formatBytes(freeBytes)} free, of which ${formatBytes(RESERVE_BYTES)} must stay free`,
      };
}

const SCRIPT = "cloud-init/files/pack-home.sh";

const LOOK_MILLISECONDS = 500;

/** How much is read of what a node says beside the archive, and how many of its lines are shown. */
const REMARK_BYTES = 16 * 1024;
const REMARK_LINES = 20;

/** A seat whose node has an address. */
export type ReachableSeat = KnownSeat & { readonly ssh: NonNullable<KnownSeat["ssh"]> };

/**
 * Keeps the student's home as an archive that only its owner can read. Throws, and leaves nothing, where it cannot be kept
 * whole: also where it is larger, or takes longer, than the limits say.
 */
export async function keepHome(context: CommandContext, seat: ReachableSeat, limits: HomeLimits): Promise<KeptHome> {
  const { runtime, options, reporter, signal } = context;
  const file = homeArchive(options.stack, seat.seat, new Date());
  const path = join(runtime.programDirectory, file);
  const unfinished = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(dirname(path));
  const limit = archiveLimit(limits, bavail * bsize);
  if (limit.bytes === 0) {
    throw notKept(seat, limit.reason, options.stack);
  }
  const archive = await open(unfinished, "wx", 0o600);
  const size = () => fstatSync(archive.fd).size;
  try {
    const { failure, remarks } = await reporter.task(`keeping the home of ${seat.seat}`, async (update) => {
      const timer = setInterval(() => update(formatBytes(size())), LOOK_MILLISECONDS);
      return packHome(context, seat, { archive, limit, minutes: limits.minutes }).finally(() => clearInterval(timer));
    });
    signal.throwIfAborted();
    if (failure !== undefined) {
      throw notKept(seat, failure, options.stack);
    }
    // The machine that it came from goes next: it has to be on the disk by then.
    await archive.sync();
    renameSync(unfinished, path);
    return { seat: seat.seat, file, bytes: size(), leftOut: remarks };
  } finally {
    await archive.close();
    rmSync(unfinished, { force: true });
  }
}

interface Packing {
  /** The open file that the archive goes into. */
  readonly archive: FileHandle;
  readonly limit: ArchiveLimit;
  readonly minutes: number;
}

interface Packed {
  /** Why there is no whole archive. */
  readonly failure: string | undefined;
  /** What the node said beside it: the files that it left out. */
  readonly remarks: string[];
}

/** Has the node send the archive into the file. */
async function packHome(
  { runtime: { programDirectory }, options, signal }: CommandContext,
  { node, ssh: { host, port, user, through } }: ReachableSeat,
  { archive, limit, minutes }: Packing,
): Promise<Packed> {
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
  const reason = trouble ?? (remarks.join("\n  ") || `ssh gave exit code ${result.exitCode ?? "none"}`);
  return { failure: isWhole ? undefined : reason, remarks };
}

/** Writes what comes into the file. Rejects before the file is larger than it may be. */
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

/** The first lines of a stream, made safe to show. All of it is read, so that its writer does not wait, and little is kept. */
async function readRemarks(stream: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<string[]> {
  let text = "";
  try {
    for await (const chunk of stream) {
      text += String(chunk).slice(0, REMARK_BYTES - text.length);
    }
  } catch {
    // The stream ends with its process, whose end is told.
  }
  const lines = plainText(text)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const more = lines.length - REMARK_LINES;
  return more > 0 ? [...lines.slice(0, REMARK_LINES), `and ${more} more lines`] : lines;
}

function notKept({ seat }: KnownSeat, reason: string, stack: string): LabError {
  const flag = stackFlag(stack);
  return new LabError(`The student's home on ${seat} could not be kept, so no machine was touched:\n  ${reason}`, {
    hint: [
      `A node that was stopped or paused is started again by ./lab up${flag}.`,
      `To keep a larger home, or to wait longer: ./lab reset${flag} ${seat} --max-home-gb 20 --max-home-minutes 60`,
      `Without its home, which is lost then: ./lab reset${flag} ${seat} --discard`,
    ].join("\n"),
  });
}

/** A student's home, kept. */
export interface KeptHome {
  readonly seat: string;
  /** The archive, as it is typed in the clone. */
  readonly file: string;
  readonly bytes: number;
  /** What the node said of files that are not in the archive, or changed while it was made; a line each. */
  readonly leftOut: readonly string[];
}

/** Where a stack's kept homes are, relative to the program. They outlive the lab. */
export function homesDirectory(stack: string): string {
  return join(".lab", stack, "homes");
}

/** The archive of a seat's home: its seat, and when it was kept (UTC), so that no archive takes another's place. */
export function homeArchive(stack: string, seat: string, at: Date): string {
  return join(homesDirectory(stack), `${seat}-${at.toISOString().replace(/[-:]|\.\d+/g, "")}.tar.gz`);
}

/** "0.4 KB", "12 KB", "3.1 MB": how big an archive is. */
export function formatBytes(bytes: number): string {
  const units = ["KB", "MB", "GB"] as const;
  const size = (power: number) => bytes / 1024 ** power;
  const power = size(3) >= 1 ? 3 : size(2) >= 1 ? 2 : 1;
  return `${size(power).toFixed(size(power) < 10 ? 1 : 0)} ${units[power - 1]}`;
}
