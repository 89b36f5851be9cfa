import { type Block, type CodeBlock, parseBlocks } from "../folder/blocks";
import { NODE, parseFenceInfo } from "../folder/hobbyfarm";
import { type Problem, type Report, reportTo } from "../folder/problem";
import { CONTROL_CHARACTERS, TITLE_PAGE } from "../folder/read-lesson";
import { readPage, stepTitle, titleProblem } from "../folder/read-page";
import type { Source, SourcePage } from "./scenario";
import { translateBlock } from "./translate";
import { renderAnnotation } from "./translate-text";

/** Prompts of usual shells, root's and everybody's. */
const SHELL_PROMPT = "[#$]$";
/** Programs that read lines and end with `exit`. */
const SHELL =
  /\bdocker\b.*\b(?:run|exec|start|attach)\b.*\s-(?:[a-zA-Z]*(?:it|ti|ai|ia)[a-zA-Z]*)(?:\s|$)|^\s*sudo\s+(?:-i|-s|su\b)|^\s*su\b/;
/** Interactive full-screen programs. */
const SCREEN = /^\s*(?:sudo\s+)?(?:vi|vim|nano|emacs|less|more|top|htop|watch|ssh|mysql|psql)\b/;

/** Whether a command opens or ends a program that reads lines. */
type SessionMark = "begins" | "ends";

/** The files of the imported lesson, and what could not be translated. */
export interface ImportedLesson {
  readonly files: ReadonlyMap<string, string>;
  readonly untranslated: readonly Problem[];
}

/** Turns a lesson for another program into the files of a folder that `lab` performs. */
export function importLesson(source: Source, fallbackTitle: string): ImportedLesson {
  const untranslated: Problem[] = [];
  const readable = source.pages.filter((page) => isMarkdown(page, untranslated));
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
  const report = reportTo(untranslated, page.file);
  const blocks = parseBlocks(page.markdown, page.line);
  const heading = blocks.find((block) => block.kind === "heading");
  const own = usableTitle(stepTitle(heading?.title ?? ""));
  const title = usableTitle(stepTitle(page.title ?? "")) ?? own ?? `Step ${number}`;
  const slug = slugOf(title);
  const name = `${number}-${slug === "" ? "step" : slug}.md`;
  // The page's own heading is its title: not twice.
  const kept = blocks.filter((block) => !(block === heading && own === title));
  const commands = kept.filter((block) => block.kind === "code").filter(({ info }) => isCommand(info, node));
  const sessions = findSessions(commands, report);
  const translate = (marks: ReadonlyMap<Block, SessionMark>) => {
    const problems: Problem[] = [];
    const translation = { node, tasks, report: reportTo(problems, page.file) };
    const body = kept.map((block) => translateBlock(block, translation) + sessionComment(marks.get(block))).join("");
    // The first line keeps its indent: without it, a list's continuation lines could mean something else.
    return { problems, text: `# ${title}\n\n${body.replace(/^(?:[ \t]*\n)+/, "").trimEnd()}\n` };
  };
  const withSessions = translate(sessions);
  const isReadable = sessions.size === 0 || readPage(name, String(number), withSessions.text).problems.length === 0;
  if (!isReadable) {
    report(page.line, "this session contains more than lines to type: add <!-- session: --> comments");
  }
  const { problems, text } = isReadable ? withSessions : translate(new Map());
  untranslated.push(...problems);
  return { title, name, text };
}

/** Finds sessions of programs that read lines, and reports interactive programs. Commands must be in order. */
function findSessions(commands: readonly CodeBlock[], report: Report): ReadonlyMap<Block, SessionMark> {
  const marks = new Map<Block, SessionMark>();
  let open: Block | undefined;
  for (const [index, block] of commands.entries()) {
    if (open !== undefined) {
      if (block.content.trim() === "exit") {
        marks.set(open, "begins").set(block, "ends");
        open = undefined;
      }
    } else if (SHELL.test(block.content) && !block.content.trim().includes("\n")) {
      const isLeft = commands.slice(index + 1).some((later) => later.content.trim() === "exit");
      if (isLeft) {
        open = block;
      } else if (/\b(?:ba|a|z|da)?sh\b|sudo|su\b/.test(block.content)) {
        report(
          block.line,
          "this opens a shell that is never closed: add a command `exit`, and <!-- session: --> comments",
        );
      }
    } else if (SCREEN.test(block.content)) {
      report(block.line, "this program is interactive: lab verify stops it after 5 minutes");
    }
  }
  return marks;
}

function sessionComment(mark: SessionMark | undefined): string {
  return mark === undefined ? "" : renderAnnotation("session", mark === "begins" ? SHELL_PROMPT : "end");
}

function slugOf(title: string): string {
  const words = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return words.replaceAll(/^-+|-+$/g, "").slice(0, 50);
}

/** The Markdown library fails for some texts, such as thousands of nested quotations. */
function isMarkdown({ file, line, markdown }: SourcePage, untranslated: Problem[]): boolean {
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
  const blocks = pages.flatMap(({ markdown }) => parseBlocks(markdown)).filter((block) => block.kind === "code");
  const infos = blocks.map(({ info }) => parseFenceInfo(info));
  const nodes = infos.flatMap((info) => ("node" in info && info.node !== "" ? [info.node] : []));
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
