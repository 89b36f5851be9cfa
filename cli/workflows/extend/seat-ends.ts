import { failedOperation, operationArguments } from "../../../adapters/pulumi/operation";
import { runOperation } from "../../../adapters/pulumi/run";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { openNodeShell } from "../../../adapters/ssh/node-shell/index";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { mapBounded } from "../../../core/limits";
import type { Board } from "../../ui/board/model";
import { startBoard } from "../../ui/board/start";
import type { PreparedLab } from "../prepare/prepared-lab";

/** When a seat's machine switches itself off, as it reports itself. Undefined: it did not. */
export interface SeatEnd {
  readonly seat: string;
  readonly end: Date | undefined;
}

const CONNECTIONS = 20;
const READ_TIMER = "cat /etc/systemd/system/lab-nodes-expire.timer.d/when.conf";

/** Asks every machine when it ends. Throws if key files are missing, but not for machines without an answer or a timer. */
export function readSeatEnds(context: CommandContext, seats: readonly KnownSeat[]): Promise<SeatEnd[]> {
  return mapBounded(seats, CONNECTIONS, async (seat) => ({ seat: seat.seat, end: await endOf(context, seat) }));
}

async function endOf({ runtime, options, signal }: CommandContext, seat: KnownSeat): Promise<Date | undefined> {
  if (seat.ssh === undefined) {
    return undefined;
  }
  const access = readSeatAccess(runtime.programDirectory, options.stack, seat.node);
  try {
    const shell = await openNodeShell({ ...seat.ssh, ...access }, { signal });
    try {
      const { exitCode, output } = await shell.run(READ_TIMER, {
        signal,
        timeoutSeconds: 30,
        maxOutputBytes: 64 * 1024,
      });
      return exitCode === 0 ? parseTimer(output) : undefined;
    } finally {
      shell.close();
    }
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** The time, in UTC, in a timer's drop-in. */
export function parseTimer(text: string): Date | undefined {
  const [, day, clock] = /^OnCalendar=(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC$/m.exec(text) ?? [];
  const end = new Date(`${day}T${clock}Z`);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

/**
 * Throws if an update would also recreate or remove the machines of other students. To extend a class, or to reset a seat, is
 * an update, which includes everything else that has changed since the last one: settings, or the clone itself.
 * `refusal`: start of the message, e.g. `Not extended`. `nodes`: Pulumi names of the nodes that are recreated on purpose.
 */
export async function requireSameMachines(
  context: CommandContext,
  lab: PreparedLab,
  { refusal, nodes }: { readonly refusal: string; readonly nodes: readonly string[] },
): Promise<void> {
  const { options, runtime, signal, reporter } = context;
  const board = startBoard({ stream: runtime.stderr, json: true });
  const arguments_ = operationArguments("preview", options.stack, lab.docker === undefined ? "refresh" : "trust-state");
  const result = await reporter.task("checking that no other machine is replaced", () =>
    runOperation(lab.stack, arguments_, board.onEvent, signal),
  );
  const outcome = board.stop();
  if (result.exitCode !== 0) {
    throw failedOperation("preview", outcome, result, options.stack);
  }
  const lost = lostMachines(outcome, nodes);
  if (lost.length > 0) {
    throw new LabError(
      `${refusal}: an update of the lab "${options.stack}" would also recreate or remove these machines: ${lost.join(", ")}.\n` +
        "Something else has changed since the last ./lab up: a setting, or this clone.",
      {
        hint: `Run ./lab preview${stackFlag(options.stack)} to see the change. Undo it, or apply it first: ./lab up${stackFlag(options.stack)}`,
      },
    );
  }
}

/** Seats whose machine a preview recreates or removes, except on these nodes. */
export function lostMachines({ seats }: Board, nodes: readonly string[]): string[] {
  const lost = seats.filter(({ phases }) => ["replace", "delete"].includes(phases.machine.change));
  return lost.filter(({ node }) => !nodes.includes(node)).map(({ name }) => name);
}
