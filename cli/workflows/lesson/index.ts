import { basename, resolve } from "node:path";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { type Problem, renderProblem } from "../../../lesson/folder/problem";
import { type Lesson, readLesson } from "../../../lesson/folder/read-lesson";
import { importLesson } from "../../../lesson/import/import-lesson";
import { readSource } from "../../../lesson/import/read-source";
import { examineLesson, readTexts, requireNewFolder, writeNewFolder } from "./files";

/** Says what is wrong with the lesson in a folder; gives the exit code. */
export function checkLesson({ runtime: { stdout }, options }: CommandContext, folder: string): number {
  const { lesson, problems } = examineLesson(folder);
  if (options.json) {
    stdout.write(`${JSON.stringify({ lesson: lesson === undefined ? null : inBrief(lesson), problems }, null, 2)}\n`);
  } else if (lesson === undefined) {
    stdout.write(`${problems.map(renderProblem).join("\n")}\n`);
  } else {
    stdout.write(`${describe(lesson)}\n`);
  }
  return lesson === undefined ? 1 : 0;
}

/** Makes a folder of a lesson for another program, and says what it could not translate. */
export function importIntoFolder(
  { runtime: { stdout }, options }: CommandContext,
  source: string,
  folder: string,
): void {
  requireNewFolder(folder);
  const problems: Problem[] = [];
  const read = readSource(readTexts(source), problems);
  if (read === undefined || read.pages.length === 0) {
    throw new LabError(
      [`There is no lesson in ${source}.`, ...problems.map((problem) => `  ${renderProblem(problem)}`)].join("\n"),
      {
        hint: "It takes a Scenario of HobbyFarm (YAML), a folder of pages (.md, .markdown), or one such page.",
      },
    );
  }
  const { files, untranslated } = importLesson(read, basename(resolve(source)).replace(/\.\w+$/, ""));
  const result = readLesson(files);
  const told = [...problems, ...untranslated, ...("problems" in result ? result.problems : [])];
  writeNewFolder(folder, files);
  if (options.json) {
    const lesson = "lesson" in result ? inBrief(result.lesson) : null;
    stdout.write(`${JSON.stringify({ folder, files: [...files.keys()], lesson, untranslated: told }, null, 2)}\n`);
    return;
  }
  const what = "lesson" in result ? describe(result.lesson) : `${files.size} files, with mistakes to be mended`;
  const lines = told.length === 0 ? [] : ["", "Not translated:", ...told.map(renderProblem)];
  const next = `Read it, add what must be seen (docs/lessons.md), then: ./lab lesson check ${folder}`;
  stdout.write(`${[`${folder}: ${what}`, ...lines, "", next].join("\n")}\n`);
}

function inBrief({ title, steps }: Lesson) {
  return { title, steps: steps.map(({ id, title: name, tasks }) => ({ id, title: name, tasks: tasks.length })) };
}

function describe({ title, steps }: Lesson): string {
  const tasks = steps.flatMap((step) => step.tasks);
  const counts = tasks.map((task) =>
    task.kind === "session" ? 1 + task.lines.length : task.kind === "command" ? 1 : 0,
  );
  const commands = counts.reduce<number>((sum, count) => sum + count, 0);
  const files = tasks.filter(({ kind }) => kind === "file");
  const checks = tasks.filter(({ kind }) => kind === "proof");
  return `"${title}": ${steps.length} steps, ${commands} commands, ${files.length} files, ${checks.length} checks`;
}
