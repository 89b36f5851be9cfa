import { z } from "zod";
import type { StudentCheck } from "../student-checks";
import type { LessonStep } from "../types";
import { readSettings, splitFrontMatter } from "./front-matter";
import { type Problem, reportTo } from "./problem";
import { blocksOf, type Page, readPage, titleProblem } from "./read-page";

/** The page with the lesson's title. */
export const TITLE_PAGE = "README.md";

/** Control characters except newlines and tabs. They are not allowed in text that reaches terminals. */
export const CONTROL_CHARACTERS = /(?![\n\t])\p{Cc}/gu;

/** A page's name: its number, then any text. */
const PAGE = /^(\d{1,3})-[\w.-]*\.md$/;
const LARGEST_PAGE = 200_000;
const MOST_PAGES = 100;

/** A lesson from a folder. */
export interface Lesson {
  readonly title: string;
  readonly steps: readonly LessonStep[];
  /** Checks of a student's work, by step ID. */
  readonly checks: ReadonlyMap<string, readonly StudentCheck[]>;
  /** Commands that clean up a node after the lesson. Their failures are ignored. */
  readonly cleanup: readonly string[];
}

/** A lesson, or its problems. */
export type LessonReading = { readonly lesson: Lesson } | { readonly problems: readonly Problem[] };

const settingsSchema = z.strictObject({
  cleanup: z.array(z.string().min(1).max(2000)).max(50).optional(),
});

/** Reads the Markdown files of a lesson's folder, by name. Returns all problems at once; never throws. */
export function readLesson(files: ReadonlyMap<string, string>): LessonReading {
  const normal = new Map(
    [...files].map(([name, text]) => [name, text.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n")]),
  );
  const problems = [...normal].flatMap(([file, text]) => textProblems(file, text));
  if (problems.length > 0) {
    return { problems };
  }
  const { title, cleanup } = readTitlePage(normal.get(TITLE_PAGE), problems);
  const pages = readPages(normal, problems);
  const steps = pages.map(({ step, needs }, index): LessonStep => {
    const before = pages[index - 1]?.step.id;
    return { ...step, needs: needs ?? (before === undefined ? [] : [before]) };
  });
  return problems.length > 0
    ? { problems }
    : { lesson: { title, steps, cleanup, checks: new Map(pages.map(({ step, checks }) => [step.id, checks])) } };
}

/** Problems of any file: size, and control characters, because these texts reach terminals. */
function textProblems(file: string, text: string): Problem[] {
  if (text.length > LARGEST_PAGE) {
    return [{ file, line: 1, message: `the file has ${text.length} characters; at most ${LARGEST_PAGE} are allowed` }];
  }
  return text
    .split("\n")
    .flatMap((line, index) =>
      line.search(CONTROL_CHARACTERS) >= 0
        ? [{ file, line: index + 1, message: "this line contains a control character" }]
        : [],
    );
}

function readTitlePage(text: string | undefined, problems: Problem[]): { title: string; cleanup: readonly string[] } {
  const report = reportTo(problems, TITLE_PAGE);
  if (text === undefined) {
    report(1, "the file is missing; create it with the lesson's title as its heading, such as: # Docker networks");
    return { title: "", cleanup: [] };
  }
  const { mark, frontMatter, body, firstLine } = splitFrontMatter(text);
  const settings =
    mark === "---" ? readSettings(frontMatter, settingsSchema, "cleanup: [COMMAND, ...]", report) : undefined;
  const title = blocksOf(body, firstLine, report).find((block) => block.kind === "heading")?.title;
  const wrong =
    title === undefined
      ? "there is no heading; add the lesson's title, such as: # Docker networks"
      : titleProblem(title);
  if (wrong !== undefined) {
    report(firstLine, wrong);
  }
  return { title: title ?? "", cleanup: settings?.cleanup ?? [] };
}

function readPages(files: ReadonlyMap<string, string>, problems: Problem[]): Page[] {
  const named = [...files].filter(([name]) => name !== TITLE_PAGE && name.endsWith(".md"));
  const pages: Page[] = [];
  const idOf = (name: string) => Number(PAGE.exec(name)?.[1] ?? 0);
  for (const [file, text] of named.sort(([a], [b]) => idOf(a) - idOf(b))) {
    const id = idOf(file);
    if (id === 0) {
      problems.push({ file, line: 1, message: "a page's name must start with its number, such as 1-hello.md" });
      continue;
    }
    const { page, problems: found } = readPage(file, String(id), text);
    const known = pages.map(({ step }) => step.id);
    if (known.includes(page.step.id)) {
      problems.push({ file, line: 1, message: `there are two pages with the number ${id}` });
    }
    const missing = page.needs?.filter((needed) => !known.includes(needed)) ?? [];
    if (missing.length > 0) {
      problems.push({ file, line: 2, message: `needs: there is no step ${missing.join(", ")} before this one` });
    }
    problems.push(...found);
    pages.push(page);
  }
  if (named.length === 0 || pages.length > MOST_PAGES) {
    const message = `a lesson must have 1 to ${MOST_PAGES} pages, named 1-hello.md, 2-more.md and so on; this one has ${pages.length}`;
    problems.push({ file: TITLE_PAGE, line: 1, message });
  }
  return pages;
}
