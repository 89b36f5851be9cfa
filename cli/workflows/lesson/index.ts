import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { type Problem, renderProblem } from "../../../lesson/folder/problem";
import { type Lesson, readLesson } from "../../../lesson/folder/read-lesson";
import { importLesson } from "../../../lesson/import/import-lesson";
import { readSource } from "../../../lesson/import/read-source";

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
  const what = "lesson" in result ? describe(result.lesson) : `${files.size} files, with mistakes to be corrected`;
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

/** More than any lesson; a folder that was named by mistake must not be read for minutes. */
const MOST_FILES = 200;
const LARGEST_FILE = 2_000_000;
const LESSON_FILE = /\.(?:md|markdown|ya?ml)$/i;

/** Reads the Markdown and YAML files of a folder, and of its folder `content`, or one such file, by name. Links are not followed. */
export function readTexts(path: string): ReadonlyMap<string, string> {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new LabError(`There is no file or folder ${path}.`, { exitCode: 2 });
  }
  const names = status.isDirectory() ? [...list(path, ""), ...list(path, "content")] : [basename(path)];
  const folder = status.isDirectory() ? path : dirname(path);
  if (names.length > MOST_FILES) {
    throw new LabError(`${path} has ${names.length} pages; a lesson has up to 100.`, { exitCode: 2 });
  }
  return new Map(names.map((name) => [name, readText(join(folder, name))]));
}

function list(folder: string, inner: string): string[] {
  const entries = statSync(join(folder, inner), { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(join(folder, inner), { withFileTypes: true })
    : [];
  return entries
    .filter((entry) => entry.isFile() && LESSON_FILE.test(entry.name))
    .map((entry) => join(inner, entry.name))
    .sort();
}

function readText(file: string): string {
  if (lstatSync(file).size > LARGEST_FILE) {
    throw new LabError(`${file} is larger than 2 MB: it is no page of a lesson.`, { exitCode: 2 });
  }
  return readFileSync(file, "utf8");
}

/** The lesson in a folder. Throws, exit code 2, with everything that is wrong with it. */
export function openLesson(folder: string): Lesson {
  const { lesson, problems } = examineLesson(folder);
  if (lesson === undefined) {
    throw new LabError(
      `The lesson in ${folder} cannot be used:\n${problems.map((problem) => `  ${renderProblem(problem)}`).join("\n")}`,
      {
        exitCode: 2,
        hint: "docs/lessons.md says how a lesson is written; ./lab lesson check FOLDER looks at it again.",
      },
    );
  }
  return lesson;
}

/** The lesson in a folder, or what is wrong with it. */
export function examineLesson(folder: string): { readonly lesson?: Lesson; readonly problems: readonly Problem[] } {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new LabError(`There is no folder ${folder}.`, {
      exitCode: 2,
      hint: "A lesson is a folder of Markdown files.",
    });
  }
  const pages = [...readTexts(folder)].filter(([name]) => name.endsWith(".md") && !name.includes("/"));
  return { problems: [], ...readLesson(new Map(pages)) };
}

/** Writes files into a folder of their own. Throws, exit code 2, for one that has something in it. */
export function writeNewFolder(folder: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) {
    writeFileSync(join(folder, name), content, { flag: "wx" });
  }
}

/** Throws, exit code 2, unless a folder can be made there, or is there and empty. */
export function requireNewFolder(folder: string): void {
  const status = statSync(folder, { throwIfNoEntry: false });
  const isFree = status === undefined || (status.isDirectory() && readdirSync(folder).length === 0);
  if (!isFree) {
    throw new LabError(`${folder} is there already, and not empty: nothing was written.`, {
      exitCode: 2,
      hint: "Name a folder that is not there yet, or remove that one.",
    });
  }
}
