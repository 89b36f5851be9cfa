import { knownSeats } from "../known-seats";
import { mendMachines } from "../mend-machines";
import { phaseSeconds } from "../output/board/phase-seconds";
import { startBoard } from "../output/board/start";
import { renderLab, renderNextSteps } from "../output/lab-text";
import { prepareLab } from "../prepare";
import { EventResources } from "../pulumi/event-resources";
import { failedOperation, operationArguments, type Refresh, stackFlag } from "../pulumi/operation";
import { runOperation } from "../pulumi/run";
import { readState } from "../pulumi/state";
import { replacementArguments } from "../replace-seats";
import type { CommandContext } from "../surroundings";
import type { ConfigChanges } from "../wanted-config";

/** Options of `lab up`. */
export interface UpOptions {
  /** Settings from the command line, by full name. */
  readonly changes: ConfigChanges;
  readonly refresh: Refresh;
  /** Seats whose machines are to be made anew. */
  readonly replace: readonly string[];
}

/** All set-up, then a ready lab. */
export async function up(context: CommandContext, { changes, refresh, replace }: UpOptions): Promise<void> {
  const { options, surroundings, signal } = context;
  const lab = await prepareLab(context, changes);
  const replacements = replace.length === 0 ? [] : replacementArguments(await readState(lab.stack), replace);
  const needed = await mendMachines(context, lab);
  const board = startBoard({ stream: surroundings.stderr, json: options.json });
  const resources = new EventResources();
  const result = await runOperation(
    lab.stack,
    [...operationArguments("up", options.stack, refresh === "refresh" ? refresh : needed), ...replacements],
    (event) => {
      board.onEvent(event);
      resources.take(event);
    },
    signal,
  );
  const outcome = board.stop();
  if (result.exitCode !== 0) {
    throw failedOperation("up", outcome, result, options.stack);
  }
  const seats = knownSeats(resources.all()).map((seat) => ({ ...seat, state: "ready" }));
  const { kind, version } = lab.engine;
  const text = { stack: options.stack, engine: { kind, version }, seats };
  surroundings.stdout.write(
    options.json
      ? `${JSON.stringify({ ...text, seconds: phaseSeconds(outcome), summary: outcome.summary }, null, 2)}\n`
      : `\n${renderLab(text)}${renderNextSteps(text, stackFlag(options.stack))}`,
  );
}
