import type { NodeShell, RunOptions, SessionReply } from "../../core/node-shell";
import { shownOnTerminal } from "../../core/terminal-text";
import { describeOutput, evaluate, type PlainDemand } from "../evaluate";
import { parsePattern } from "../patterns";
import type { CommandTask, Demand, Evidence, FileTask, ProofTask, SessionTask, Task } from "../types";
import { type StepRecord, shorten } from "./evidence";
import { fillIn, fillInChecks, LookupFailure, lookUp } from "./lookups";

/** Characters of a proof's output in its note, which is shown in full wherever the verdict is. */
const LONGEST_NOTE = 500;

/** The node, the record and the options with which tasks are performed. */
interface TaskContext {
  readonly shell: NodeShell;
  readonly record: StepRecord;
  /** Folder, environment and signal of every command. */
  readonly options: RunOptions;
  /** Called before each command that is typed. */
  readonly announce: (command: string) => void;
}

/** Performs a task and saves the evidence. Returns whether the next task should be tried. */
export async function performTask(task: Task, context: TaskContext): Promise<boolean> {
  switch (task.kind) {
    case "command":
      return performCommand(task, context);
    case "session":
      return performSession(task, context);
    case "file":
      return writeFile(task, context);
    case "proof":
      return performProof(task, context);
  }
}

async function performCommand(task: CommandTask, context: TaskContext): Promise<boolean> {
  if (task.unless !== undefined && (await succeeds(task.unless, context))) {
    return true;
  }
  const { alternative } = task;
  const isReplaced = alternative !== undefined && !(await succeeds(alternative.probe, context));
  if (isReplaced) {
    context.record.note(alternative.note);
  }
  const options: RunOptions = { ...context.options, output: "terminal" };
  return context.record.add(await runCommand(isReplaced ? alternative : task, options, context));
}

async function performProof(task: ProofTask, context: TaskContext): Promise<boolean> {
  const evidence = await runCommand(task, context.options, context);
  const isProven = context.record.add(evidence);
  if (isProven && task.note !== undefined && evidence.output !== "") {
    context.record.note(task.note + shorten(evidence.output, LONGEST_NOTE));
  }
  return isProven;
}

/** Runs one command and compares its result with the demand. */
async function runCommand(
  task: Demand & Pick<CommandTask, "command" | "lookups">,
  options: RunOptions,
  { shell, record, announce, options: quietly }: TaskContext,
): Promise<Evidence> {
  record.begin(task.command);
  try {
    const values = await lookUp(shell, task.lookups, quietly);
    const command = fillIn(task.command, values);
    const exitCode = await demandedExitCode(task.exitCode ?? 0, shell, quietly);
    record.begin(command);
    announce(command);
    const result = await shell.run(command, options);
    const shown = { exitCode: result.exitCode, output: shownOnTerminal(result.output).trimEnd() };
    const { causes = [] } = task;
    const checks = evaluate({ exitCode, checks: fillInChecks(task.checks, values), causes }, shown);
    return { command, ...shown, seconds: result.seconds, checks };
  } catch (error) {
    if (!(error instanceof LookupFailure)) {
      throw error;
    }
    const { expected, found } = error;
    return { command: task.command, output: "", seconds: 0, checks: [{ expected, found }] };
  }
}

async function demandedExitCode(
  demanded: NonNullable<Demand["exitCode"]>,
  shell: NodeShell,
  options: RunOptions,
): Promise<{ expected: string; code: number }> {
  if (typeof demanded === "number") {
    return { expected: `exit code ${demanded}`, code: demanded };
  }
  const { output } = await shell.run(demanded.printedBy, options);
  const text = shownOnTerminal(output).trim();
  if (!/^\d{1,3}$/.test(text)) {
    throw new LookupFailure(`${demanded.expected}, by: ${demanded.printedBy}`, describeOutput(text));
  }
  return { expected: `${demanded.expected} (here: ${text})`, code: Number(text) };
}

async function writeFile(task: FileTask, { shell, record, announce, options }: TaskContext): Promise<boolean> {
  const command = `write ${task.path}`;
  record.begin(command);
  announce(command);
  const started = performance.now();
  await shell.write(task.path, task.content, options);
  const seconds = Math.round(performance.now() - started) / 1000;
  return record.add({ command, output: task.content, seconds, checks: [] });
}

async function succeeds(command: string, { shell, options, record }: TaskContext): Promise<boolean> {
  record.begin(command);
  return (await shell.run(command, options)).exitCode === 0;
}

/** Opens the program and types each line at its prompt. */
async function performSession(task: SessionTask, context: TaskContext): Promise<boolean> {
  const { shell, record, announce, options } = context;
  record.begin(task.open);
  announce(task.open);
  const session = await shell.open(task.open, { ...options, output: "terminal", prompt: parsePattern(task.prompt) });
  try {
    let isGood = addReply(context, task.open, session.greeting, { checks: [] });
    for (const [index, { typed, checks }] of task.lines.entries()) {
      if (!isGood) {
        break;
      }
      record.begin(typed);
      announce(typed);
      const isLast = index === task.lines.length - 1;
      // The last line must end the program with exit code 0; after any other, the program must show its prompt.
      const demand = isLast ? { exitCode: { expected: "its end, with exit code 0", code: 0 }, checks } : { checks };
      isGood = addReply(context, typed, await session.type(typed), demand);
    }
    return isGood;
  } finally {
    session.close();
  }
}

function addReply({ record }: TaskContext, command: string, reply: SessionReply, demand: PlainDemand): boolean {
  const { exitCode, output, seconds } = reply;
  if (exitCode === undefined) {
    return record.add({ command, output, seconds, checks: evaluate(demand, reply) });
  }
  const early = {
    expected: "the program to ask for the next line",
    found: `its end, with exit code ${exitCode} and ${describeOutput(output)}`,
  };
  const checks = demand.exitCode === undefined ? [early] : evaluate(demand, reply);
  return record.add({ command, output, seconds, checks, exitCode });
}
