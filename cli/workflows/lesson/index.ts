import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { type Problem, renderProblem } from "../../../lesson/folder/problem";
import { type Lesson, readLesson } from "../../../lesson/folder/read-lesson";
import { importLesson } from "../../../lesson/import/import-lesson";
import { readSource } from "../../../lesson/import/read-source";

/** Reports the mistakes in the lesson in a folder. Returns the exit code. */
export function checkLesson({ runtime: { stdout }, options }: CommandContext, folder: string): number {
  const { lesson, problems } = examineLesson(folder);
  const text = lesson === undefined ? problems.map(renderProblem).join("\n") : describe(lesson);
  const result = { lesson: lesson === undefined ? null : inBrief(lesson), problems };
  stdout.write(`${options.json ? JSON.stringify(result, null, 2) : text}\n`);
  return lesson === undefined ? 1 : 0;
}

/** Converts a lesson for another program into a folder, and reports what could not be translated. */
export function importIntoFolder(
  { runtime: { stdout }, options }: CommandContext,
  source: string,
  folder: string,
): void {
  requireNewFolder(folder);
  const problems: Problem[] = [];
  const read = readSource(readTexts(source), problems);
  if (read === undefined || read.pages.length === 0) {
    const list = problems.map((problem) => `\n  ${renderProblem(problem)}`).join("");
    throw new LabError(`There is no lesson in ${source}.${list}`, {
      hint: "SOURCE must be a HobbyFarm Scenario (YAML), a folder of pages (.md, .markdown), or one such page.",
    });
  }
  const { files, untranslated } = importLesson(read, basename(resolve(source)).replace(/\.\w+$/, ""));
  const result = readLesson(files);
  const reported = [...problems, ...untranslated, ...("problems" in result ? result.problems : [])];
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) {
    writeFileSync(join(folder, name), content, { flag: "wx" });
  }
  if (options.json) {
    const lesson = "lesson" in result ? inBrief(result.lesson) : null;
    stdout.write(`${JSON.stringify({ folder, files: [...files.keys()], lesson, untranslated: reported }, null, 2)}\n`);
    return;
  }
  const what = "lesson" in result ? describe(result.lesson) : `${files.size} files, with mistakes to correct`;
  const lines = reported.length === 0 ? [] : ["", "Not translated:", ...reported.map(renderProblem)];
  const next = `Read it, add the expected output (docs/lessons.md), then run ./lab lesson check ${folder}`;
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

/** More than any lesson has: a folder named by mistake must not be read for minutes. */
const MOST_FILES = 200;
const LARGEST_FILE = 2_000_000;
const LESSON_FILE = /\.(?:md|markdown|ya?ml)$/i;

/** The Markdown and YAML files of a folder and of its folder `content`, or one such file, by name. Links are not followed. */
function readTexts(path: string): ReadonlyMap<string, string> {
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
    throw new LabError(`${file} is larger than 2 MB, the limit for a page of a lesson.`, { exitCode: 2 });
  }
  return readFileSync(file, "utf8");
}

/** The lesson in a folder. Throws one error with all its mistakes, exit code 2. */
export function openLesson(folder: string): Lesson {
  const { lesson, problems } = examineLesson(folder);
  if (lesson === undefined) {
    throw new LabError(
      `The lesson in ${folder} cannot be used:\n${problems.map((problem) => `  ${renderProblem(problem)}`).join("\n")}`,
      {
        exitCode: 2,
        hint: "See docs/lessons.md for the format. Run ./lab lesson check FOLDER to check it again.",
      },
    );
  }
  return lesson;
}

/** The lesson in a folder, or its mistakes. */
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

/** Throws unless the folder can be created, or exists and is empty. */
function requireNewFolder(folder: string): void {
  const status = statSync(folder, { throwIfNoEntry: false });
  const isFree = status === undefined || (status.isDirectory() && readdirSync(folder).length === 0);
  if (!isFree) {
    throw new LabError(`${folder} already exists and is not empty: nothing was written.`, {
      exitCode: 2,
      hint: "Choose a new folder, or remove this one.",
    });
  }
}
