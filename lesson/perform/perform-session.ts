import type { SessionReply } from "../../core/node-shell";
import { describeOutput, evaluate } from "../evaluate";
import { parsePattern } from "../patterns";
import type { SessionTask } from "../types";
import type { TaskContext } from "./task-context";

/** Opens the program and types each line at its prompt. */
export async function performSession(task: SessionTask, context: TaskContext): Promise<boolean> {
  const { shell, record, announce, options } = context;
  record.begin(task.open);
  announce(task.open);
  const session = await shell.open(task.open, { ...options, output: "terminal", prompt: parsePattern(task.prompt) });
  try {
    if (!addReply(context, task.open, session.greeting, [], "goes on")) {
      return false;
    }
    for (const [index, line] of task.lines.entries()) {
      record.begin(line.typed);
      announce(line.typed);
      const then = index === task.lines.length - 1 ? "ends" : "goes on";
      if (!addReply(context, line.typed, await session.type(line.typed), line.checks, then)) {
        return false;
      }
    }
    return true;
  } finally {
    session.close();
  }
}

/** The last line ends the program with exit code 0; after all others it has to ask for more. */
function addReply(
  { record }: TaskContext,
  command: string,
  reply: SessionReply,
  checks: SessionTask["lines"][number]["checks"],
  then: "goes on" | "ends",
): boolean {
  const { exitCode, output, seconds } = reply;
  const early = {
    expected: "the program to ask for the next line",
    found: `its end, with exit code ${exitCode} and ${describeOutput(output)}`,
  };
  const results =
    then === "ends"
      ? evaluate({ exitCode: { expected: "its end, with exit code 0", code: 0 }, checks }, reply)
      : exitCode === undefined
        ? evaluate({ checks }, reply)
        : [early];
  return record.add({ command, output, seconds, checks: results, ...(exitCode === undefined ? {} : { exitCode }) });
}
