import { failedOperation, operationArguments } from "../../adapters/pulumi/operation";
import { runOperation } from "../../adapters/pulumi/run";
import type { CommandContext } from "../../core/command-context";
import { startBoard } from "../ui/board/start";
import { warnOfNewBase } from "./prepare/base-change";
import { prepareLab } from "./prepare/index";
import type { UpOptions } from "./up/run-up";

/** Shows what `up` would create and change. Creates nothing but the set-up. */
export async function preview(
  context: CommandContext,
  { changes, refresh }: Pick<UpOptions, "changes" | "refresh">,
): Promise<void> {
  const { options, runtime, signal } = context;
  const lab = await prepareLab(context, changes);
  await warnOfNewBase(context, lab);
  const board = startBoard({ stream: runtime.stderr, json: options.json });
  const arguments_ = operationArguments("preview", options.stack, refresh);
  const result = await runOperation(lab.stack, arguments_, board.onEvent, signal);
  const outcome = board.stop();
  if (result.exitCode !== 0) {
    throw failedOperation("preview", outcome, result, options.stack);
  }
  runtime.stdout.write(options.json ? `${JSON.stringify(outcome.summary, null, 2)}\n` : `${result.stdout.trim()}\n`);
}
