import { labLock } from "../../config/lock";
import { knownSeats } from "../known-seats";
import { movedPackages, warnOfMovedPackages } from "../lock/packages";
import { mendMachines } from "../mend-machines";
import type { Board } from "../output/board/model";
import { phaseSeconds } from "../output/board/phase-seconds";
import { startBoard } from "../output/board/start";
import { renderLab, renderNextSteps } from "../output/lab-text";
import { type PreparedLab, prepareLab } from "../prepare";
import { EventResources } from "../pulumi/event-resources";
import { failedOperation, operationArguments, type Refresh, stackFlag } from "../pulumi/operation";
import { runOperation } from "../pulumi/run";
import { readState } from "../pulumi/state";
import { replacementArguments } from "../replace-seats";
import type { CommandContext } from "../surroundings";
import { describeQuickVerdict, verifyAfterUp } from "../verify/after-up";
import { changedSeats, judgedSeats } from "../verify/seats";
import { withVerdicts } from "../verify/shown-verdict";
import type { ConfigChanges } from "../wanted-config";

/** Options of `lab up`. */
export interface UpOptions {
  /** Settings from the command line, by full name. */
  readonly changes: ConfigChanges;
  readonly refresh: Refresh;
  /** Seats whose machines are to be made anew. */
  readonly replace: readonly string[];
  /** Whether it ends with a quick verdict on what was made, changed or not proven yet. */
  readonly verdict: "quick" | "none";
}

/** All set-up, then a ready lab. */
export async function up(context: CommandContext, request: UpOptions): Promise<void> {
  const { options, surroundings } = context;
  const lab = await prepareLab(context, request.changes);
  const { board, resources } = await runUp(context, lab, request);
  const seats = judgedSeats(knownSeats(resources.all()), resources.all());
  const quick = await verifyAfterUp(context, lab.settings, { ...request, seats, changed: changedSeats(seats, board) });
  const { kind, version } = lab.engine;
  const text = {
    stack: options.stack,
    engine: { kind, version },
    seats: withVerdicts(context, seats).map((seat) => ({ ...seat, state: "ready" })),
  };
  const packages = movedPackages(seats, labLock().packages);
  const more = { seconds: phaseSeconds(board), summary: board.summary, verified: describeQuickVerdict(quick) };
  surroundings.stdout.write(
    options.json
      ? `${JSON.stringify({ ...text, movedPackages: packages, ...more }, null, 2)}\n`
      : `\n${renderLab(text)}${renderNextSteps(text, stackFlag(options.stack))}`,
  );
  warnOfMovedPackages(context.reporter, packages);
  if (quick?.failure !== undefined) {
    throw quick.failure;
  }
}

/** `pulumi up`, watched. Throws when it fails. */
export async function runUp(
  context: CommandContext,
  lab: PreparedLab,
  { refresh, replace }: Pick<UpOptions, "refresh" | "replace">,
): Promise<{ readonly board: Board; readonly resources: EventResources }> {
  const { options, surroundings, signal } = context;
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
  return { board: outcome, resources };
}
