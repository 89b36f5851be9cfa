import { z } from "zod";
import type { StudentCheck } from "../student-checks";
import type { LessonStep } from "../types";
import { parseAnnotation } from "./annotations";
import { type Block, type CodeBlock, parseBlocks } from "./blocks";
import { readSettings, splitFrontMatter } from "./front-matter";
import { inText, NODE, parseFenceInfo, pathProblem, replaceMarks } from "./hobbyfarm";
import { type Problem, type Report, reportTo } from "./problem";
import { StepBuilder } from "./step-builder";

/** Longest command or file, in characters. */
const LONGEST_BLOCK = 20_000;
const LONGEST_TITLE = 100;

const settingsSchema = z.strictObject({
  /** Numbers of the steps that this one builds on. @default - the one before it */
  needs: z.array(z.number().int().positive()).max(100).optional(),
});

/** A page of a lesson: one step. */
export interface Page {
  readonly step: Omit<LessonStep, "needs">;
  /** Undefined if the page does not set it. */
  readonly needs: readonly string[] | undefined;
  readonly checks: readonly StudentCheck[];
}

/** Reads a page as the step with this ID. The page is complete only if there are no problems. */
export function readPage(file: string, id: string, text: string): { page: Page; problems: Problem[] } {
  const problems: Problem[] = [];
  const report = reportTo(problems, file);
  const { mark, frontMatter, body, firstLine } = splitFrontMatter(text);
  if (mark === "+++") {
    report(1, "front matter must be YAML between lines of ---; +++ (TOML) is not supported");
  }
  const needs = mark === "---" ? readSettings(frontMatter, settingsSchema, "needs: [1]", report)?.needs : undefined;
  const blocks = blocksOf(body, firstLine, report);
  const heading = blocks.find((block) => block.kind === "heading");
  const title = stepTitle(heading?.title ?? "");
  const wrong = titleProblem(title);
  if (heading === undefined) {
    report(firstLine, "the page has no heading; begin it with the step's title, such as: # Hello");
  } else if (wrong !== undefined) {
    report(heading.line, wrong);
  }
  const builder = new StepBuilder(report);
  for (const block of blocks) {
    if (block !== heading) {
      addBlock(builder, block, report);
    }
  }
  const { checks, closing, ...built } = builder.finish();
  const step = { id, title, ...built, ...(closing === "" ? {} : { closing }) };
  const page = { step, needs: needs?.map(String), checks };
  return { page, problems: problems.sort((a, b) => a.line - b.line) };
}

/** A step's heading without its number: "Step 2: Layers" and "2. Layers" are "Layers". */
export function stepTitle(heading: string): string {
  const title = heading.replace(/^step\s+\d+\s*[:.-]?\s*|^\d+(?:\.\d+)*[.)]?\s+/i, "").trim();
  return title === "" ? heading.trim() : title;
}

/** The problem with a title, or undefined. */
export function titleProblem(title: string): string | undefined {
  return title === "" || title.length > LONGEST_TITLE
    ? `a title must have 1 to ${LONGEST_TITLE} characters; this one has ${title.length}`
    : undefined;
}

/** The blocks of a page; none, with a report, for a text on which the Markdown library fails, such as thousands of nested quotations. */
export function blocksOf(body: string, firstLine: number, report: Report): Block[] {
  try {
    return parseBlocks(body, firstLine);
  } catch (error) {
    report(firstLine, `the page cannot be read as Markdown: ${(error as Error).message.split("\n", 1)[0]}`);
    return [];
  }
}

function addBlock(builder: StepBuilder, block: Block, report: Report): void {
  switch (block.kind) {
    case "heading":
    case "text":
      builder.addText(textWithMarks(block, report));
      return;
    case "comment": {
      const annotation = block.isClosed ? parseAnnotation(block.content, block.line, report) : undefined;
      if (!block.isClosed) {
        report(block.line, "this comment is not closed; end it with -->");
      } else if (annotation !== undefined) {
        builder.annotate(annotation, block.line);
      }
      return;
    }
    case "code":
      addCode(builder, block, report);
  }
}

function addCode(builder: StepBuilder, block: CodeBlock, report: Report): void {
  const { line, content } = block;
  const info = parseFenceInfo(block.info);
  if (info.kind === "other") {
    builder.addText(textWithMarks(block, report));
    return;
  }
  if (info.kind === "malformed") {
    report(line, info.reason);
    return;
  }
  if (info.node !== NODE) {
    report(line, `there is no machine "${info.node}"; use ${NODE}`);
  }
  if (content.length > LONGEST_BLOCK) {
    report(line, `this block has ${content.length} characters; at most ${LONGEST_BLOCK} are allowed`);
  }
  if (info.kind === "file") {
    addFile(builder, block, info, report);
    return;
  }
  if (info.more.length > 0) {
    report(line, `"${block.info}" should be ctr:${NODE}`);
  }
  if (content.trim() === "") {
    report(line, "there is no command in this block");
  }
  builder.command(content.trim(), line);
}

function addFile(
  builder: StepBuilder,
  { content, line }: CodeBlock,
  { path, language }: { readonly path: string; readonly language: string },
  report: Report,
): void {
  const wrong = pathProblem(path);
  if (wrong !== undefined) {
    report(line, wrong);
  }
  replaceMarks(content, ({ mark }) => {
    report(line, `${mark} is not replaced in files; write the file with a command instead`);
    return mark;
  });
  builder.file(path, language, content === "" ? "" : `${content}\n`, line);
}

function textWithMarks({ markdown, line }: Block, report: Report): string {
  return replaceMarks(markdown, (value) => {
    const text = inText(value);
    if (text === undefined) {
      report(line, `${value.mark} can only be used in commands; in text, only \${vminfo:${NODE}:hostname} can`);
    }
    return text ?? value.mark;
  });
}
