import { execa } from "execa";
import { stackFlag } from "../../adapters/pulumi/stack-flag";
import { sshOptions } from "../../adapters/ssh/options";
import { findSeat, type KnownSeat } from "../../core/class-state/known-seats";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { shellQuote } from "../../core/quoting";
import { noSuchSeat, readSeats, requireSeats, seatsHint, sshOf } from "./class-seats";

/** What to run on which seat. */
export interface SshRequest {
  /** A seat's or node's name first, when there is one, then the command and its arguments. */
  readonly words: readonly string[];
  /** User to log in as. */
  readonly user: string;
}

/** Runs a command on a seat's node with this terminal as its input and output, or a shell without one; gives the exit code. */
export async function ssh(context: CommandContext, request: SshRequest): Promise<number> {
  const { seat, command } = chooseSeat(await readSeats(context), request.words, context.options.stack);
  const { runtime, signal } = context;
  const terminal = process.stdin.isTTY && runtime.stdout.isTTY ? ["-t"] : [];
  const arguments_ = sshArguments(context, seat, [...terminal, "-l", request.user], command);
  const cwd = runtime.programDirectory;
  return exitCodeOf(await execa("ssh", arguments_, { cwd, stdio: "inherit", reject: false, signal }));
}

/** Splits the words into seat and command. Throws when the seat is missing or there is none such. */
export function chooseSeat(
  seats: readonly KnownSeat[],
  words: readonly string[],
  stack: string,
): { seat: KnownSeat; command: readonly string[] } {
  const [first, ...after] = words;
  // As with ssh itself, a command may have two dashes before it.
  const rest = after[0] === "--" ? after.slice(1) : after;
  const named = first === undefined ? undefined : findSeat(seats, first);
  if (named !== undefined) {
    return { seat: named, command: rest };
  }
  const only = findSeat(seats, undefined);
  const meansSeat = first !== undefined && /^(seat|spare)\d+$/.test(first);
  if (only !== undefined && !meansSeat) {
    return { seat: only, command: words };
  }
  requireSeats(seats, stack);
  if (meansSeat) {
    throw noSuchSeat([first], seats);
  }
  throw new LabError("Which seat? This lab has several.", {
    exitCode: 2,
    hint: `${seatsHint(seats)} Example: ./lab ssh${stackFlag(stack)} ${seats[0]?.seat}`,
  });
}

/** The arguments of `ssh` for a command on a seat's node. Throws for a seat without a machine. */
export function sshArguments(
  { options }: CommandContext,
  seat: KnownSeat,
  flags: readonly string[],
  command: readonly string[],
): string[] {
  const { host, port, through } = sshOf(seat, options.stack);
  const target = ["-p", String(port), ...flags, host, "--", ...remoteCommand(command)];
  return [...sshOptions(options.stack, seat.node, through), ...target];
}

/** The exit code of an `ssh` that was run. Throws where it could not be started. */
export function exitCodeOf(result: { readonly exitCode?: number | undefined; readonly shortMessage?: string }): number {
  if (result.exitCode === undefined) {
    throw new LabError(`ssh could not be run: ${result.shortMessage}`, {
      hint: "Install an SSH client (Debian: apt-get install openssh-client).",
    });
  }
  return result.exitCode;
}

/** One word is a line for the node's shell, as with ssh itself; several are a command and its exact arguments. */
export function remoteCommand(words: readonly string[]): string[] {
  return words.length <= 1 ? [...words] : [words.map(shellQuote).join(" ")];
}
