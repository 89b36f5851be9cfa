import type { Readable } from "node:stream";
import { execa } from "execa";
import { findSeat } from "../../core/class-state/known-seats";
import type { CommandContext } from "../../core/command-context";
import { LabError } from "../../core/errors";
import type { SafeOutput } from "../../core/safe-output";
import { withoutSequences } from "../../core/text";
import { noSuchSeat, readSeats, requireSeats, seatsHint } from "./class-seats";
import { exitCodeOf, sshArguments } from "./ssh";

const LOGS = ["/var/log/cloud-init-output.log", "/var/log/lab-nodes-gate.log"];

/** A longer line is shown in parts: a node must not choose how much of it is held here. In UTF-16 units. */
const LONGEST_LINE = 64 * 1024;

/** By the shells' convention. */
const INTERRUPTED = 130;

export interface LogsRequest {
  readonly seat: string | undefined;
  readonly mode: "print" | "follow";
}

/** A seat's cloud-init and gate log; gives the exit code. */
export async function logs(context: CommandContext, { seat, mode }: LogsRequest): Promise<number> {
  const seats = await readSeats(context);
  requireSeats(seats, context.options.stack);
  const found = findSeat(seats, seat);
  if (found === undefined) {
    throw seat === undefined
      ? new LabError("Which seat? This lab has several.", { exitCode: 2, hint: seatsHint(seats) })
      : noSuchSeat([seat], seats);
  }
  const tail = mode === "follow" ? ["tail", "-n", "+1", "--follow=name", "--retry"] : ["tail", "-n", "+1"];
  return showOutput(context, sshArguments(context, found, ["-l", "root"], [...tail, ...LOGS]));
}

/** Unlike with `lab ssh`, the terminal is not the node's: neither the log nor what ssh quotes of the node may command it. */
async function showOutput(
  { runtime: { programDirectory, stdout, stderr }, signal }: CommandContext,
  arguments_: readonly string[],
): Promise<number> {
  const ssh = execa("ssh", arguments_, {
    cwd: programDirectory,
    stdio: ["ignore", "pipe", "pipe"],
    buffer: false,
    reject: false,
    signal,
  });
  const [result] = await Promise.all([ssh, copyLines(ssh.stdout, stdout), copyLines(ssh.stderr, stderr)]);
  return signal.aborted ? INTERRUPTED : exitCodeOf(result);
}

/** Shows text as it comes, line by line, so that no sequence for the terminal comes in two parts. */
export async function copyLines(input: Readable | null, output: Pick<SafeOutput, "write">): Promise<void> {
  let rest = "";
  for await (const chunk of input?.setEncoding("utf8") ?? []) {
    rest += chunk;
    const end = rest.length > LONGEST_LINE ? rest.length : rest.lastIndexOf("\n") + 1;
    output.write(withoutSequences(rest.slice(0, end)));
    rest = rest.slice(end);
  }
  output.write(withoutSequences(rest));
}
