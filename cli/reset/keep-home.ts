import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { sshOptions } from "../../components/ssh-options";
import { LabError } from "../errors";
import type { KnownSeat } from "../known-seats";
import { stackFlag } from "../pulumi/operation";
import type { CommandContext } from "../surroundings";
import { formatBytes, homeArchive, type KeptHome } from "./kept-homes";

const SCRIPT = "cloud-init/files/pack-home.sh";

const LOOK_MILLISECONDS = 500;

/** A seat whose node has an address. */
export type ReachableSeat = KnownSeat & { readonly ssh: NonNullable<KnownSeat["ssh"]> };

/** Keeps the student's home as an archive that only its owner can read. Throws, and leaves nothing, where it cannot be kept whole. */
export async function keepHome(context: CommandContext, seat: ReachableSeat): Promise<KeptHome> {
  const { surroundings, options, reporter, signal } = context;
  const file = homeArchive(options.stack, seat.seat, new Date());
  const path = join(surroundings.programDirectory, file);
  const unfinished = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const archive = openSync(unfinished, "wx", 0o600);
  try {
    const failure = await reporter.task(`keeping the home of ${seat.seat}`, async (update) => {
      const timer = setInterval(() => update(formatBytes(fstatSync(archive).size)), LOOK_MILLISECONDS);
      return packHome(context, seat, archive).finally(() => clearInterval(timer));
    });
    signal.throwIfAborted();
    if (failure !== undefined) {
      throw unkept(seat, failure, options.stack);
    }
    // The machine that it came from goes next: it has to be on the disk by then.
    fsyncSync(archive);
    renameSync(unfinished, path);
    return { seat: seat.seat, file, bytes: fstatSync(archive).size };
  } finally {
    closeSync(archive);
    rmSync(unfinished, { force: true });
  }
}

/** Has the node print the archive into the file, without a detour through this process. Gives what went wrong. */
async function packHome(
  { surroundings: { programDirectory }, options, signal }: CommandContext,
  { node, ssh: { host, port, user } }: ReachableSeat,
  archive: number,
): Promise<string | undefined> {
  const alive = ["-o", "ServerAliveInterval=15"];
  const target = ["-p", String(port), "-l", user, host, "--", "bash -s"];
  const result = await execa("ssh", [...sshOptions(options.stack, node), ...alive, ...target], {
    cwd: programDirectory,
    input: readFileSync(join(programDirectory, SCRIPT), "utf8"),
    stdout: archive,
    reject: false,
    signal,
  });
  return result.failed ? result.stderr.trim() || `ssh gave exit code ${result.exitCode ?? "none"}` : undefined;
}

function unkept({ seat }: KnownSeat, reason: string, stack: string): LabError {
  const flag = stackFlag(stack);
  return new LabError(`The student's home on ${seat} could not be kept, so no machine was touched:\n  ${reason}`, {
    hint: [
      `A node that was stopped or paused is started again by ./lab up${flag}.`,
      `Without its home, which is lost then: ./lab reset${flag} ${seat} --discard`,
    ].join("\n"),
  });
}
