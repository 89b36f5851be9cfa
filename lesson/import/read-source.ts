import { z } from "zod";
import { type Block, parseBlocks } from "../folder/blocks";
import { parseYaml, splitFrontMatter } from "../folder/front-matter";
import { type Problem, reportTo } from "../folder/problem";
import { CONTROL_CHARACTERS } from "../folder/read-lesson";
import { readScenario, readScenarioSettings, type Source, type SourcePage } from "./scenario";

const MARKDOWN = /\.(?:md|markdown)$/i;
const YAML = /\.ya?ml$/i;
const LONGEST_PAGE = 150_000;
const MOST_PAGES = 100;

/**
 * Reads a source for HobbyFarm (a Scenario in YAML, or a folder of pages with a scenario.yml for checks) or for Play with Docker
 * (a post). Undefined if there is no page, with the reasons among the problems.
 */
export function readSource(files: ReadonlyMap<string, string>, problems: Problem[]): Source | undefined {
  const clean = new Map([...files].map(([name, text]) => [name, withoutControls(name, text, problems)]));
  const [only, ...others] = clean;
  if (only !== undefined && others.length === 0 && YAML.test(only[0])) {
    return limited(readScenario(only[0], only[1], problems), problems);
  }
  const pages = [...clean]
    .filter(([name]) => MARKDOWN.test(name) && !/(?:^|\/)readme\./i.test(name))
    .map(([name, text]) => readSourcePage(name, text, problems));
  const [single, ...more] = pages;
  if (single === undefined) {
    return undefined;
  }
  if (more.length === 0) {
    return limited({ title: single.title, pages: splitAtHeadings(single), tasks: [] }, problems);
  }
  const settings = [...clean].find(([name]) => YAML.test(name));
  const { title = undefined, tasks = [] } = settings === undefined ? {} : readScenarioSettings(...settings, problems);
  return limited({ title, pages: inOrder(pages), tasks }, problems);
}

/** Removes control characters, which lessons must not contain. */
function withoutControls(file: string, text: string, problems: Problem[]): string {
  const lines = text.replaceAll("\ufeff", "").replaceAll(/\r\n?/g, "\n").split("\n");
  return lines
    .map((line, index) => {
      const clean = line.replaceAll(CONTROL_CHARACTERS, "");
      if (clean !== line) {
        problems.push({ file, line: index + 1, message: "control characters were removed" });
      }
      return clean;
    })
    .join("\n");
}

function limited(source: Source | undefined, problems: Problem[]): Source | undefined {
  if (source === undefined) {
    return undefined;
  }
  const pages = source.pages.filter(({ file, line, markdown }, index) => {
    const isTaken = index < MOST_PAGES && markdown.length <= LONGEST_PAGE;
    if (!isTaken) {
      const limits = `${MOST_PAGES} pages of ${LONGEST_PAGE} characters`;
      problems.push({ file, line, message: `more than ${limits}: this page was not imported` });
    }
    return isTaken;
  });
  return { ...source, pages };
}

/** A page of a folder, with the weight in HobbyFarm's front matter, which decides its position. */
interface WeightedPage extends SourcePage {
  readonly weight: number | undefined;
}

/** Other types are ignored. */
const pageSettingsSchema = z
  .object({ title: z.string().trim().optional().catch(undefined), weight: z.number().optional().catch(undefined) })
  .catch({});

/** A Markdown file as one page. */
function readSourcePage(file: string, text: string, problems: Problem[]): WeightedPage {
  const { mark, frontMatter, body, firstLine } = splitFrontMatter(text);
  const settings = mark === "---" ? parseYaml(frontMatter, 2, reportTo(problems, file)) : tomlSettings(frontMatter);
  const { title = "", weight } = pageSettingsSchema.parse(settings);
  return { file, line: firstLine, markdown: body, weight, ...(title === "" ? {} : { title }) };
}

/** Pages by weight, those without one last; else by name, where 2 comes before 10. */
function inOrder(pages: readonly WeightedPage[]): WeightedPage[] {
  const weight = (page: WeightedPage) => page.weight || 1000;
  const byName = (a: WeightedPage, b: WeightedPage) => a.file.localeCompare(b.file, "en", { numeric: true });
  return pages.toSorted((a, b) => weight(a) - weight(b) || byName(a, b));
}

/** Splits a page at the highest level of heading that occurs more than once, such as a post's chapters. */
function splitAtHeadings(page: SourcePage): SourcePage[] {
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
  return parts.flatMap((part, index): SourcePage[] => {
    const markdown = part.map((block) => block.markdown).join("");
    const isEmpty = part.every((block) => block.kind === "heading" || block.markdown.trim() === "");
    if (index === 0) {
      return isEmpty ? [] : [{ ...page, markdown }];
    }
    return [{ file: page.file, line: part[0]?.line ?? page.line, markdown }];
  });
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
