import { failedOperation, operationArguments, stackFlag } from "../../../adapters/pulumi/operation";
import { runOperation } from "../../../adapters/pulumi/run";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import type { Board } from "../../ui/board/model";
import { startBoard } from "../../ui/board/start";
import type { PreparedLab } from "../prepare/prepared-lab";

/** What is not done where it would cost machines. */
export interface Undertaking {
  /** How its refusal begins, e.g. `Not extended`. */
  readonly refusal: string;
  /** Pulumi names of the nodes that it is to make anew. */
  readonly nodes: readonly string[];
}

/**
 * To extend a class, or to reset a seat, is an update, and an update brings along whatever else has changed since the last
 * one: settings, or the clone itself. Where that would cost another student's machine, it is not done.
 */
export async function requireSameMachines(
  context: CommandContext,
  lab: PreparedLab,
  { refusal, nodes }: Undertaking,
): Promise<void> {
  const { options, runtime, signal, reporter } = context;
  const board = startBoard({ stream: runtime.stderr, json: true });
  const arguments_ = operationArguments("preview", options.stack, lab.docker === undefined ? "refresh" : "trust-state");
  const result = await reporter.task("looking whether all machines stay", () =>
    runOperation(lab.stack, arguments_, board.onEvent, signal),
  );
  const outcome = board.stop();
  if (result.exitCode !== 0) {
    throw failedOperation("preview", outcome, result, options.stack);
  }
  const lost = lostMachines(outcome, nodes);
  if (lost.length > 0) {
    throw new LabError(
      `${refusal}: an update of the lab "${options.stack}" would also make these machines anew, or take them away: ${lost.join(", ")}.\n` +
        "Something else has changed since the last ./lab up: a setting, or this clone.",
      {
        hint: `Run ./lab preview${stackFlag(options.stack)} to see the change. Undo it, or apply it first: ./lab up${stackFlag(options.stack)}`,
      },
    );
  }
}

/** Seats whose machine would not survive what a preview shows, without those on nodes that are to go anyway. */
export function lostMachines({ seats }: Board, nodes: readonly string[]): string[] {
  const lost = seats.filter(({ phases }) => ["replace", "delete"].includes(phases.machine.change));
  return lost.filter(({ node }) => !nodes.includes(node)).map(({ name }) => name);
}
