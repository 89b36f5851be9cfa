import { setImmediate } from "node:timers/promises";
import { TIMED_OUT, TOO_MUCH_OUTPUT } from "../../adapters/ssh/node-shell";
import { LabError } from "../../core/errors";
import type { NodeShell, RunOptions } from "../../core/node-shell";
import { shownOnTerminalInTurns } from "../../core/terminal-text";
import { evaluate } from "../../lesson/evaluate";
import { fillIn, LookupFailure, lookUp } from "../../lesson/perform/lookups";
import type { StudentCheck } from "../../lesson/student-checks";
import type { CommandTask, FileTask } from "../../lesson/types";
import type { CheckAnswer, CheckedView, CommandAnswer, FileAnswer } from "../protocol";

/** Bounded, because output is rendered and matched in the thread that serves the whole class. */
const CHECK_LIMITS = { timeoutSeconds: 60, maxOutputBytes: 256 * 1024 } as const satisfies RunOptions;
/** Limits of commands that a student waits for after a click. */
const CLICK_LIMITS = { timeoutSeconds: 20, maxOutputBytes: 16 * 1024 } as const satisfies RunOptions;

/** The student has to do something else first. */
export class NotYet extends Error {}

/** Checks a student's work in a step. Stops at the first check that fails. */
export async function checkStep(
  shell: NodeShell,
  checks: readonly StudentCheck[],
): Promise<Pick<CheckAnswer, "outcome" | "checked">> {
  const checked: CheckedView[] = [];
  for (const check of checks) {
    const results = await runCheck(shell, check);
    const failed = results.find(({ found }) => found !== undefined);
    if (failed !== undefined) {
      return { outcome: "failed", checked: [...checked, { ...failed, hint: check.hint }] };
    }
    checked.push(...results);
  }
  return { outcome: "passed", checked };
}

async function runCheck(shell: NodeShell, check: StudentCheck): Promise<CheckedView[]> {
  const { exitCode, output } = await shell.run(check.command, CHECK_LIMITS);
  if (exitCode === TOO_MUCH_OUTPUT) {
    const expected = check.checks[0]?.expected ?? "a short output";
    return [
      { expected, found: `more than ${CHECK_LIMITS.maxOutputBytes / 1024} KB of output, which is too much to check` },
    ];
  }
  const shown = { exitCode, output: (await shownOnTerminalInTurns(output)).trimEnd() };
  // Lets other seats' input through in between.
  await setImmediate();
  const results = evaluate(check, shown);
  const [ending, ...others] = results;
  // A correct exit code is not shown if there are other results.
  const shownResults =
    check.exitCode !== undefined && ending?.found === undefined && others.length > 0 ? others : results;
  return shownResults.map((result) =>
    result.found === undefined ? result : { ...result, found: lastLines(result.found) },
  );
}

/** The command to type: with values for names in angle brackets, or the alternative if its probe fails. */
export async function commandFor(shell: NodeShell, task: CommandTask): Promise<CommandAnswer> {
  const { alternative } = task;
  if (alternative !== undefined && (await shell.run(alternative.probe, CLICK_LIMITS)).exitCode !== 0) {
    return { command: alternative.command, note: alternative.note };
  }
  try {
    return { command: fillIn(task.command, await lookUp(shell, task.lookups, CLICK_LIMITS)) };
  } catch (error) {
    if (error instanceof LookupFailure) {
      const name = /<[^<>]+>/.exec(task.command)?.[0] ?? "a value";
      throw new NotYet(`There is no ${name} on your machine yet. Do the tasks above this command first.`);
    }
    throw error;
  }
}

/** Writes a file of the lesson to the student's home. Replaces a changed file only if `existing` is "replace". */
export async function writeFile(
  shell: NodeShell,
  { path, content }: FileTask,
  existing: "keep" | "replace",
): Promise<FileAnswer> {
  if (existing === "keep" && (await differs(shell, path, content))) {
    return { outcome: "differs" };
  }
  try {
    await shell.write(path, content, CLICK_LIMITS);
  } catch (error) {
    if (error instanceof LabError) {
      throw error;
    }
    throw new NotYet(lastLines((error as Error).message));
  }
  return { outcome: "written" };
}

/** Whether a file exists with different content. Reads only as many bytes as needed, because the file may be endless. */
async function differs(shell: NodeShell, path: string, content: string): Promise<boolean> {
  const maxOutputBytes = CLICK_LIMITS.maxOutputBytes + Buffer.byteLength(content);
  const environment = { LAB_FILE: path, LAB_BYTES: String(maxOutputBytes + 1) };
  // Limited on the node, too: otherwise megabytes of an endless file arrive before the command is stopped.
  const command = 'head --bytes="$LAB_BYTES" -- "$LAB_FILE"';
  const { exitCode, output } = await shell.run(command, { ...CLICK_LIMITS, maxOutputBytes, environment });
  if (exitCode === TIMED_OUT) {
    throw new NotYet(`${path} on your machine cannot be read, because it never ends. Remove it first: rm ${path}`);
  }
  return exitCode === TOO_MUCH_OUTPUT || (exitCode === 0 && output !== content);
}

/** The end of a long output, for a message. */
function lastLines(found: string): string {
  const longest = 300;
  return found.length <= longest ? found : `... ${found.slice(-longest)}`;
}
