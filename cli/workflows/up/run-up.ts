import { EventResources } from "../../../adapters/pulumi/event-log";
import { failedOperation, operationArguments, type Refresh } from "../../../adapters/pulumi/operation";
import { runOperation } from "../../../adapters/pulumi/run";
import { readState } from "../../../adapters/pulumi/state";
import type { ConfigChanges } from "../../../config/settings";
import { nodesToReplace, replacementArguments } from "../../../core/class-state/replace-seats";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { slotOfNode } from "../../../core/seats";
import type { Board } from "../../ui/board/model";
import { startBoard, stoppedOperation } from "../../ui/board/start";
import { failedSeats } from "../../ui/board/status";
import type { PreparedLab } from "../prepare/prepared-lab";
import { recoverMachines } from "./recover-machines";
import { watchMachines } from "./watch-machines";

/** Options of `lab up`. */
export interface UpOptions {
  /** Settings from the command line, by full name. */
  readonly changes: ConfigChanges;
  readonly refresh: Refresh;
  /** Seats whose machines are to be recreated. */
  readonly replace: readonly string[];
  /** What becomes of images on nodes that are not there any more, or not as they were. */
  readonly images: "repair" | "leave";
  /** Whether it ends with a quick verdict on what was made, changed or not proven yet. */
  readonly verdict: "quick" | "none";
  /** Whether the machine has to have capacity for the class. */
  readonly capacityCheck: "required" | "skipped";
  /** What a command that is more than an `up` has done besides: part of its JSON. @default - nothing */
  readonly report?: Readonly<Record<string, unknown>>;
}

/** Result of `pulumi up`. */
export interface UpRun {
  readonly board: Board;
  readonly outcome: "succeeded" | "seats failed";
  /** Slots whose machines were recovered beforehand, without Pulumi. */
  readonly recovered: readonly string[];
  /** What the stack has now. */
  readonly resources: readonly StateResource[];
}

/** Options of one `pulumi up` of the class. */
export interface PulumiUpOptions extends Pick<UpOptions, "refresh" | "replace"> {
  /** Urns of single resources that are to be recreated, too. */
  readonly replaceResources?: readonly string[];
}

/** `pulumi up`, watched. Throws when it was stopped, or failed as a whole; failed seats are for the caller to report. */
export async function runUp(
  context: CommandContext,
  lab: PreparedLab,
  { refresh, replace, replaceResources = [] }: PulumiUpOptions,
): Promise<UpRun> {
  const { options, runtime, signal } = context;
  // Wrong names first, before anything is started or stopped.
  const nodesToReplace = await nodesOf(lab, replace);
  const recovery = await recoverMachines(context, lab, nodesToReplace.map(slotOfNode));
  const replaced = [
    ...(await replacements(lab, [...nodesToReplace, ...recovery.replace])),
    ...replaceResources.flatMap((urn) => ["--replace", urn]),
  ];
  const board = startBoard({ stream: runtime.stderr, json: options.json });
  const watch = watchMachines(lab, board);
  const resources = new EventResources();
  const result = await runOperation(
    lab.stack,
    [...operationArguments("up", options.stack, refresh === "refresh" ? refresh : recovery.refresh), ...replaced],
    (event) => {
      if (!watch.isReported(event)) {
        board.onEvent(event);
      }
      resources.take(event);
    },
    AbortSignal.any([signal, watch.signal]),
  ).finally(() => watch.stop());
  const outcome = board.stop();
  const { recovered } = recovery;
  if (result.exitCode === 0) {
    return { board: outcome, outcome: "succeeded", recovered, resources: resources.all() };
  }
  if (signal.aborted) {
    throw stoppedOperation("up", outcome, options.stack);
  }
  if (failedSeats(outcome).length === 0) {
    throw failedOperation("up", outcome, result, options.stack);
  }
  // What failed on the way back to a new machine is in no event: the state alone knows what is left.
  return { board: outcome, outcome: "seats failed", recovered, resources: await readState(lab.stack) };
}

async function nodesOf({ stack, settings }: PreparedLab, names: readonly string[]): Promise<string[]> {
  return names.length === 0 ? [] : nodesToReplace(await readState(stack), settings.moved, names);
}

async function replacements({ stack, settings }: PreparedLab, names: readonly string[]): Promise<string[]> {
  return names.length === 0 ? [] : replacementArguments(await readState(stack), settings.moved, names);
}
