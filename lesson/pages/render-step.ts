import type { Check, CommandTask, LessonStep, SessionTask, Task } from "../types";

/** Placeholder in the lesson's texts for the host name of the student's machine. */
export const HOSTNAME = "<hostname>";

/** How a kind of page renders the parts of a lesson, each as Markdown. */
export interface Dialect {
  /** The host name of the student's machine, or a placeholder for it. */
  readonly hostname: string;
  /** A command to type unchanged. */
  readonly command: (command: string) => string;
  /** A command with names in angle brackets, which the student replaces. */
  readonly template: (command: string) => string;
  readonly file: (file: { readonly path: string; readonly language: string; readonly content: string }) => string;
  readonly output: (output: string) => string;
}

/** A step as a page in Markdown, without links to other pages. */
export function renderStep(step: LessonStep, dialect: Dialect): string {
  const parts = [
    `# Step ${step.id}: ${step.title}`,
    step.text,
    ...step.tasks.flatMap((task) => renderTask(task, dialect)),
    ...(step.closing === undefined ? [] : [step.closing]),
  ];
  return `${parts.join("\n\n").replaceAll(HOSTNAME, dialect.hostname)}\n`;
}

/** A block of literal text. */
export function fence(language: string, content: string): string {
  return `\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
}

function renderTask(task: Task, dialect: Dialect): string[] {
  switch (task.kind) {
    case "command":
      return renderCommand(task, dialect);
    case "session":
      return renderSession(task, dialect);
    case "file":
      return [task.text, dialect.file(task)];
    case "proof":
      return [];
  }
}

/** How to find the values of a command's names in angle brackets, as a sentence in Markdown for each. */
export function renderLookups({ command, lookups = {} }: CommandTask): string[] {
  const needed = Object.entries(lookups).filter(([name]) => command.includes(`<${name}>`));
  return needed.map(([name, { how }]) => `\`<${name}>\` is ${how}.`);
}

/** What checks expect, completing "You should see ...". */
export function renderExpected(checks: readonly Check[]): string {
  return checks.map((check) => check.expected).join("; ");
}

function renderCommand(task: CommandTask, dialect: Dialect): string[] {
  const lookups = renderLookups(task);
  const show = lookups.length > 0 ? dialect.template : dialect.command;
  return [task.text, show(task.command), ...lookups, ...renderOutput(task, dialect)];
}

function renderSession(task: SessionTask, dialect: Dialect): string[] {
  const opening = { text: task.text, typed: task.open, checks: [], example: task.example };
  const lines = [opening, ...task.lines];
  return lines.flatMap((line) => [line.text, dialect.command(line.typed), ...renderOutput(line, dialect)]);
}

function renderOutput(
  { checks, example }: { readonly checks: readonly Check[]; readonly example?: string | undefined },
  dialect: Dialect,
): string[] {
  const expected = renderExpected(checks);
  const sentence = expected === "" ? "You should see" : `You should see ${expected}`;
  if (example === undefined) {
    return expected === "" ? [] : [`${sentence}.`];
  }
  return [`${sentence}:`, dialect.output(example)];
}
