import { type Block, parseBlocks } from "../folder/blocks";
import { CONTROL_CHARACTERS } from "../folder/control-characters";
import { NODE, parseFenceInfo } from "../folder/info";
import type { Problem, Report } from "../folder/problem";
import { TITLE_PAGE } from "../folder/read-lesson";
import { readPage } from "../folder/read-page";
import { stepTitle, titleProblem } from "../folder/title";
import { renderAnnotation } from "./annotation-text";
import { findSessions, type SessionMark } from "./sessions";
import type { Source, SourcePage } from "./source";
import { translateBlock } from "./translate";

/** Prompts of usual shells, root's and everybody's. */
const SHELL_PROMPT = "[#$]$";

/** The files of the imported lesson, and what could not be translated. */
export interface ImportedLesson {
  readonly files: ReadonlyMap<string, string>;
  readonly untranslated: readonly Problem[];
}

/** Turns a lesson for another program into the files of a folder that `lab` performs. */
export function importLesson(source: Source, fallbackTitle: string): ImportedLesson {
  const untranslated: Problem[] = [];
  const readable = source.pages.filter((page) => isReadable(page, untranslated));
  const node = chooseNode(readable);
  const pages = readable.map((page, index) => importPage(page, index + 1, node, source, untranslated));
  const title = usableTitle(source.title) ?? usableTitle(fallbackTitle) ?? "Lesson";
  const contents = pages.map((page) => `- [${linkText(page.title)}](${page.name})`).join("\n");
  return {
    files: new Map([
      [TITLE_PAGE, `# ${title}\n\n${contents}\n`],
      ...pages.map(({ name, text }): [string, string] => [name, text]),
    ]),
    untranslated,
  };
}

function importPage(page: SourcePage, number: number, node: string, { tasks }: Source, untranslated: Problem[]) {
  const { file } = page;
  const report: Report = (line, message) => void untranslated.push({ file, line, message });
  const blocks = parseBlocks(page.markdown, page.line);
  const heading = blocks.find((block) => block.kind === "heading");
  const own = heading?.kind === "heading" ? usableTitle(stepTitle(heading.title)) : undefined;
  const given = page.title === undefined ? undefined : usableTitle(stepTitle(page.title));
  const title = given ?? own ?? `Step ${number}`;
  const slug = slugOf(title);
  const name = `${number}-${slug === "" ? "step" : slug}.md`;
  // The page's own heading is its title: not twice.
  const kept = blocks.filter((block) => !(block === heading && own === title));
  const commands = kept.flatMap((block) => (block.kind === "code" && isCommand(block.info, node) ? [block] : []));
  const sessions = findSessions(commands, report);
  const translate = (marks: ReadonlyMap<Block, SessionMark>) => {
    const told: Problem[] = [];
    const translation = {
      node,
      tasks,
      report: (line: number, message: string) => void told.push({ file, line, message }),
    };
    const body = kept.map((block) => translateBlock(block, translation) + sessionComment(marks.get(block))).join("");
    return { told, text: `# ${title}\n\n${body.trim()}\n` };
  };
  const marked = translate(sessions);
  const isGood = sessions.size === 0 || readPage(name, String(number), marked.text).problems.length === 0;
  const { told, text } = isGood ? marked : translate(new Map());
  if (!isGood) {
    report(page.line, "this session contains more than lines to type: add <!-- session: --> comments");
  }
  untranslated.push(...told);
  return { title, name, text };
}

function sessionComment(mark: SessionMark | undefined): string {
  return mark === undefined ? "" : renderAnnotation("session", mark === "begins" ? SHELL_PROMPT : "end");
}

function slugOf(title: string): string {
  const words = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return words.replaceAll(/^-+|-+$/g, "").slice(0, 50);
}

/** The library gives up on some texts, such as thousands of quotations in each other. */
function isReadable({ file, line, markdown }: SourcePage, untranslated: Problem[]): boolean {
  try {
    parseBlocks(markdown);
    return true;
  } catch {
    untranslated.push({ file, line, message: "this cannot be read as Markdown; it was not imported" });
    return false;
  }
}

function isCommand(info: string, node: string): boolean {
  const parsed = parseFenceInfo(info);
  return info.startsWith(".term1") || (parsed.kind === "command" && (parsed.node === "" || parsed.node === node));
}

/** A seat has one machine: the one called so already, or else the first that a command is for. */
function chooseNode(pages: readonly SourcePage[]): string {
  const infos = pages
    .flatMap(({ markdown }) => parseBlocks(markdown))
    .flatMap((block) => (block.kind === "code" ? [block.info] : []));
  const nodes = infos.map(parseFenceInfo).flatMap((info) => ("node" in info && info.node !== "" ? [info.node] : []));
  return nodes.includes(NODE) ? NODE : (nodes[0] ?? NODE);
}

/** One line of Markdown that a heading can have; undefined where nothing is left of it. */
function usableTitle(text: string | undefined): string | undefined {
  const line = text
    ?.replaceAll(CONTROL_CHARACTERS, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/<!--|-->/g, "")
    .replace(/[#\s]+$/, "")
    .trim()
    .slice(0, 100)
    .trim();
  return line === undefined || line === "" || titleProblem(line) !== undefined ? undefined : line;
}

function linkText(title: string): string {
  return title.replaceAll(/[[\]]/g, "");
}
