import { evaluate, type PlainDemand } from "../../lesson/evaluate";
import { fillIn, LookupFailure, lookUp } from "../../lesson/perform/lookups";
import type { StudentCheck } from "../../lesson/student-checks";
import { shownOnTerminal } from "../../lesson/terminal";
import type { CommandTask, FileTask, NodeShell } from "../../lesson/types";
import type { CheckAnswer, CheckedView, CommandAnswer, FileAnswer } from "../protocol";

const CHECK_SECONDS = 60;

/** Something that the student has to do first. */
export class NotYet extends Error {}

/** Looks at what a student has done in a step. Stops at the first thing that is not as it has to be. */
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
  const { exitCode, output } = await shell.run(check.command, { timeoutSeconds: CHECK_SECONDS });
  const shown = { exitCode, output: shownOnTerminal(output).trimEnd() };
  const results = evaluate(demandOf(check), shown);
  const [ending, ...others] = results;
  // That it ended well goes without saying, where something else was seen.
  const told = check.exitCode !== undefined && ending?.found === undefined && others.length > 0 ? others : results;
  return told.map((result) => (result.found === undefined ? result : { ...result, found: lastLines(result.found) }));
}

function demandOf({ exitCode, checks, see }: StudentCheck): PlainDemand {
  return exitCode !== undefined
    ? { exitCode: { expected: see ?? `exit code ${exitCode}`, code: exitCode }, checks }
    : { checks };
}

/** What a student types for a command: names in angle brackets found out, and the other way where the usual one is barred. */
export async function commandFor(shell: NodeShell, task: CommandTask): Promise<CommandAnswer> {
  const { alternative } = task;
  if (alternative !== undefined && (await shell.run(alternative.probe)).exitCode !== 0) {
    return { command: alternative.command, note: alternative.note };
  }
  try {
    return { command: fillIn(task.command, await lookUp(shell, task.lookups, {})) };
  } catch (error) {
    if (error instanceof LookupFailure) {
      const name = /<[^<>]+>/.exec(task.command)?.[0] ?? "a value";
      throw new NotYet(`There is no ${name} on your machine yet. Do what stands above this command first.`);
    }
    throw error;
  }
}

/** Makes a file of the lesson in the student's home. What they have changed in it is not written over unasked. */
export async function writeFile(
  shell: NodeShell,
  { path, content }: FileTask,
  existing: "keep" | "replace",
): Promise<FileAnswer> {
  const { exitCode, output } = await shell.run('cat -- "$LAB_FILE"', { environment: { LAB_FILE: path } });
  if (exitCode === 0 && output !== content && existing === "keep") {
    return { outcome: "differs" };
  }
  await shell.write(path, content);
  return { outcome: "written" };
}

/** A whole terminal's text is no answer to "what came instead?". */
function lastLines(found: string): string {
  const longest = 300;
  return found.length <= longest ? found : `... ${found.slice(-longest)}`;
}
