import { movesIn } from "../../config/moves";
import { LabError } from "../errors";
import { findSeat, knownSeats } from "../known-seats";
import { openExistingStack } from "../open-stack";
import { readState } from "../pulumi/read-state";
import type { CommandContext } from "../surroundings";
import { runOnSeat } from "./ssh";

const LOGS = ["/var/log/cloud-init-output.log", "/var/log/lab-nodes-gate.log"];

export interface LogsRequest {
  readonly seat: string | undefined;
  readonly mode: "print" | "follow";
}

/** A seat's cloud-init and gate log; gives the exit code. */
export async function logs(context: CommandContext, { seat, mode }: LogsRequest): Promise<number> {
  const { stack, config } = await openExistingStack(context);
  const seats = knownSeats(await readState(stack), movesIn(config.read()));
  if (seats.length === 0) {
    throw new LabError("This lab has no seats: it is down.", { hint: "Type ./lab up to make it." });
  }
  const found = findSeat(seats, seat);
  if (found === undefined) {
    throw new LabError(seat === undefined ? "Which seat?" : `There is no seat "${seat}".`, {
      exitCode: 2,
      hint: `There are: ${seats.map((known) => known.seat).join(", ")}.`,
    });
  }
  const tail = mode === "follow" ? ["tail", "-n", "+1", "--follow=name", "--retry"] : ["tail", "-n", "+1"];
  return runOnSeat(context, found, "root", [...tail, ...LOGS]);
}
