import { openNodeShell } from "../../../adapters/ssh/node-shell";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { mapBounded } from "../../../core/limits";

/** When a seat's machine switches itself off, as the machine itself has it. Undefined: it did not say. */
export interface SeatEnd {
  readonly seat: string;
  readonly end: Date | undefined;
}

const CONNECTIONS = 20;
const READ_TIMER = "cat /etc/systemd/system/lab-nodes-expire.timer.d/when.conf";

/** Asks every machine when it ends. One that does not answer, or has no timer, is no failure here; missing key files are. */
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

/** The time in a timer's drop-in, which has one in UTC. */
export function parseTimer(text: string): Date | undefined {
  const [, day, clock] = /^OnCalendar=(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC$/m.exec(text) ?? [];
  const end = new Date(`${day}T${clock}Z`);
  return Number.isNaN(end.getTime()) ? undefined : end;
}
