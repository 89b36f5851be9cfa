import { Marked, type Tokens } from "marked";
import { escapeHtml } from "../../core/quoting";
import { HOSTNAME, renderExpected, renderLookups } from "../../lesson/pages/render-step";
import type { Check, LessonStep, Task } from "../../lesson/types";
import type { StepView, TaskView } from "../protocol";

/** Allowed link targets. */
const LINK = /^(?:https?:|mailto:|#)/i;

/** Lessons are untrusted: HTML is escaped, and only some link targets are allowed. */
const renderer = new Marked({
  renderer: {
    html: ({ raw }: Tokens.HTML | Tokens.Tag) => (raw.trimStart().startsWith("<!--") ? "" : escapeHtml(raw)),
    image: ({ text }: Tokens.Image) => escapeHtml(text),
    link({ href, tokens }: Tokens.Link) {
      const words = this.parser.parseInline(tokens);
      // Opens in a new tab.
      return LINK.test(href)
        ? `<a target="_blank" rel="noopener noreferrer" href="${escapeHtml(href)}">${words}</a>`
        : words;
    },
  },
});

/** Renders a lesson's Markdown as safe HTML. */
export function renderMarkdown(markdown: string): string {
  return renderer.parse(markdown, { async: false });
}

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
export function findTask(steps: readonly LessonStep[], id: string | undefined): Task | undefined {
  return steps.flatMap((step) => step.tasks.filter((_, index) => taskId(step, index) === id))[0];
}

function taskId(step: LessonStep, index: number): string {
  return `${step.id}.${index + 1}`;
}

function taskViews(task: Task, id: string, html: (markdown: string) => string): TaskView[] {
  switch (task.kind) {
    case "command": {
      const lookups = renderLookups(task).map(html);
      const isAsked = lookups.length > 0 || task.alternative !== undefined;
      const typed = isAsked ? "as the server says" : "as it is";
      return [{ kind: "command", id, text: html(task.text), command: task.command, typed, lookups, ...outcome(task) }];
    }
    case "session": {
      const opening = { part: "open", text: task.text, typed: task.open, checks: [], example: task.example };
      const lines = [opening, ...task.lines.map((line, index) => ({ part: String(index + 1), ...line }))];
      return lines.map((line) => ({
        kind: "command",
        id: `${id}.${line.part}`,
        text: html(line.text),
        command: line.typed,
        typed: "as it is",
        lookups: [],
        ...outcome(line),
      }));
    }
    case "file":
      return [{ kind: "file", id, text: html(task.text), path: task.path, content: task.content }];
    case "proof":
      return [];
  }
}

function outcome({ checks, example }: { readonly checks: readonly Check[]; readonly example?: string | undefined }) {
  return { expected: renderExpected(checks), ...(example === undefined ? {} : { example }) };
}
