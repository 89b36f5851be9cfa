import { type Block, parseBlocks } from "../folder/blocks";
import { parseYaml, splitFrontMatter } from "../folder/front-matter";
import type { Problem } from "../folder/problem";
import type { SourcePage } from "./source";

/** A page of a folder, with the weight in HobbyFarm's front matter, which decides its position. */
export interface WeightedPage extends SourcePage {
  readonly weight: number | undefined;
}

/** A Markdown file as one page. */
export function readSourcePage(file: string, text: string, problems: Problem[]): WeightedPage {
  const { mark, frontMatter, body, firstLine } = splitFrontMatter(text);
  const settings = mark === "---" ? yamlSettings(file, frontMatter, problems) : tomlSettings(frontMatter);
  const { title, weight } = settings;
  return {
    file,
    line: firstLine,
    markdown: body,
    weight: typeof weight === "number" ? weight : undefined,
    ...(typeof title === "string" && title.trim() !== "" ? { title: title.trim() } : {}),
  };
}

/** Pages by weight, those without one last; else by name, where 2 comes before 10. */
export function inOrder(pages: readonly WeightedPage[]): WeightedPage[] {
  const weight = (page: WeightedPage) => page.weight || 1000;
  const byName = (a: WeightedPage, b: WeightedPage) => a.file.localeCompare(b.file, "en", { numeric: true });
  return pages.toSorted((a, b) => weight(a) - weight(b) || byName(a, b));
}

/** Splits a page at the highest level of heading that occurs more than once, such as a post's chapters. */
export function splitAtHeadings(page: SourcePage): SourcePage[] {
  const blocks = parseBlocks(page.markdown, page.line);
  const headings = blocks.filter((block) => block.kind === "heading");
  const depth = [1, 2, 3].find((level) => headings.filter((heading) => heading.depth === level).length > 1);
  if (depth === undefined) {
    return [page];
  }
  const parts: Block[][] = [[]];
  for (const block of blocks) {
    if (block.kind === "heading" && block.depth === depth) {
      parts.push([]);
    }
    parts.at(-1)?.push(block);
  }
  return parts.flatMap((part, index) => {
    const markdown = part.map((block) => block.markdown).join("");
    const isEmpty = part.every((block) => block.kind === "heading" || block.markdown.trim() === "");
    const { file, title } = page;
    const line = part[0]?.line ?? page.line;
    return index === 0 && isEmpty
      ? []
      : [{ file, line, markdown, ...(index === 0 && title !== undefined ? { title } : {}) }];
  });
}

function yamlSettings(file: string, text: string, problems: Problem[]): Readonly<Record<string, unknown>> {
  const data = parseYaml(text, 2, (line, message) => void problems.push({ file, line, message }));
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}

/** HobbyFarm's front matter is TOML, of which it reads a text and a number: lines that JSON can read, too. */
function tomlSettings(text: string): Readonly<Record<string, unknown>> {
  const pairs = text.split("\n").flatMap((line): [string, unknown][] => {
    const [name = "", ...value] = line.split("=");
    try {
      return [[name.trim(), JSON.parse(value.join("=").trim()) as unknown]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(pairs);
}
