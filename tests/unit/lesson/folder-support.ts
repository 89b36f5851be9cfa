import { expect } from "vitest";
import { type Lesson, readLesson } from "../../../lesson/folder/read-lesson";
import type { CommandTask, LessonStep, SessionTask, Task } from "../../../lesson/types";

/** A page: Markdown with "'''" for its fences, so that tests can be read. */
export function page(text: string): string {
  return text.replaceAll("'''", "```");
}

/** The lesson of these pages. */
export function lessonOf(...pages: readonly string[]): Lesson {
  const reading = readLesson(filesOf(pages));
  return "lesson" in reading ? reading.lesson : expect.fail(JSON.stringify(reading.problems, null, 2));
}

/** What is wrong with these pages: "line: message" of the first, with the page's number before those of others. */
export function problemsOf(...pages: readonly string[]): string[] {
  const reading = readLesson(filesOf(pages));
  return "problems" in reading ? reading.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`) : [];
}

function filesOf(pages: readonly string[]): Map<string, string> {
  const named = pages.map((text, index): [string, string] => [`${index + 1}-page.md`, page(text)]);
  return new Map([["README.md", "# A lesson\n"], ...named]);
}

/** The tasks of a lesson's first step. */
export function tasksOf({ steps: [step] }: Lesson): readonly Task[] {
  return step?.tasks ?? [];
}

/** The one command of a lesson's first step. */
export function commandOf(lesson: Lesson): CommandTask {
  const [task] = tasksOf(lesson);
  return task?.kind === "command" ? task : expect.fail(`${task?.kind} is no command`);
}

/** All that is typed in a step, in order. */
export function typedIn({ tasks }: LessonStep): string[] {
  return tasks.flatMap((task) => {
    switch (task.kind) {
      case "command":
        return [task.command];
      case "session":
        return typedInSession(task);
      default:
        return [];
    }
  });
}

function typedInSession({ open, lines }: SessionTask): string[] {
  return [open, ...lines.map(({ typed }) => typed)];
}
