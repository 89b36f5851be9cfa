import { HOSTNAME } from "../../lesson/pages/render-step";
import type { Check, CommandTask, FileTask, LessonStep, SessionTask, Task } from "../../lesson/types";
import type { CommandView, StepView, TaskView } from "../protocol";
import { renderMarkdown } from "./markdown";

/** The steps for the page. */
export function lessonView(steps: readonly LessonStep[], hostname: string): StepView[] {
  const html = (markdown: string) => renderMarkdown(markdown.replaceAll(HOSTNAME, hostname));
  return steps.map((step) => ({
    id: step.id,
    title: step.title,
    text: html(step.text),
    tasks: step.tasks.flatMap((task, index) => taskViews(task, taskId(step, index), html)),
    closing: html(step.closing ?? ""),
  }));
}

/** The task with this ID; undefined if there is none. */
export function findTask(steps: readonly LessonStep[], id: string): Task | undefined {
  for (const step of steps) {
    const found = step.tasks.find((_, index) => taskId(step, index) === id);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function taskId(step: LessonStep, index: number): string {
  return `${step.id}.${index + 1}`;
}

type Html = (markdown: string) => string;

function taskViews(task: Task, id: string, html: Html): TaskView[] {
  switch (task.kind) {
    case "command":
      return [commandView(task, id, html)];
    case "session":
      return sessionViews(task, id, html);
    case "file":
      return [fileView(task, id, html)];
    case "proof":
      return [];
  }
}

function commandView(task: CommandTask, id: string, html: Html): CommandView {
  const needed = Object.entries(task.lookups ?? {}).filter(([name]) => task.command.includes(`<${name}>`));
  const isAsked = needed.length > 0 || task.alternative !== undefined;
  return {
    kind: "command",
    id,
    text: html(task.text),
    command: task.command,
    typed: isAsked ? "as the server says" : "as it is",
    lookups: needed.map(([name, { how }]) => html(`\`<${name}>\` is ${how}.`)),
    ...outcome(task),
  };
}

/** One command per line of a session. */
function sessionViews(task: SessionTask, id: string, html: Html): CommandView[] {
  const view = (part: string, text: string, command: string, shown: ReturnType<typeof outcome>): CommandView => ({
    kind: "command",
    id: `${id}.${part}`,
    text: html(text),
    command,
    typed: "as it is",
    lookups: [],
    ...shown,
  });
  return [
    view("open", task.text, task.open, outcome({ checks: [], example: task.example })),
    ...task.lines.map((line, index) => view(String(index + 1), line.text, line.typed, outcome(line))),
  ];
}

function fileView({ path, content, text }: FileTask, id: string, html: Html): TaskView {
  return { kind: "file", id, text: html(text), path, content };
}

function outcome({ checks, example }: { readonly checks: readonly Check[]; readonly example?: string | undefined }) {
  const expected = checks.map((check) => check.expected).join("; ");
  return { expected, ...(example === undefined ? {} : { example }) };
}
