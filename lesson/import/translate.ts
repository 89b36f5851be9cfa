import { type Block, isSpecial, parseBlocks } from "../folder/blocks";
import { NODE, parseFenceInfo, pathProblem } from "../folder/info";
import { isKnownInCommands, replaceMarks } from "../folder/machine-values";
import type { Report } from "../folder/problem";
import { renderCheck } from "./annotation-text";
import { reportText, SESSION_MARK, type Translation, translateParagraph, translateText } from "./translate-text";

/** Translates a block. Unsupported blocks stay on the page as text, and are reported. */
export function translateBlock(block: Block, translation: Translation): string {
  switch (block.kind) {
    case "comment":
      // Dropped, because it could be parsed as an annotation.
      return "";
    case "code":
      return translateCode(block, translation);
    case "heading":
      return `${translateParagraph(block.markdown, block.line, translation).trimEnd()}\n\n`;
    case "text":
      reportText(block.token, block.line, translation.report);
      if (block.token.type === "html") {
        return fenced("html", translateText(block.token.raw.trim(), block.line, translation));
      }
      return block.markdown.trim() === ""
        ? ""
        : `${translateParagraph(block.markdown, block.line, translation).trimEnd()}\n\n`;
  }
}

/** A fence around any content. */
export function fenced(info: string, content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${info.replaceAll("`", "")}\n${content}\n${ticks}\n\n`;
}

function translateCode(block: Extract<Block, { kind: "code" }>, translation: Translation): string {
  const { info, content, line } = block;
  const parsed = parseFenceInfo(info);
  if (parsed.kind === "command") {
    return command(block, { ...parsed, node: parsed.node === "" ? translation.node : parsed.node }, translation);
  }
  if (parsed.kind === "file") {
    return file(block, parsed, translation);
  }
  const terminal = /^\.term(\d)/.exec(info)?.[1];
  if (terminal !== undefined) {
    return terminal === "1"
      ? command(block, { node: translation.node, more: [] }, translation)
      : keptAsText(block, `terminal ${terminal}: a seat has only one machine`, translation);
  }
  const [kind = "", ...rest] = info.split(":");
  if (kind === "hidden" || kind === "note") {
    const title = (kind === "hidden" ? rest : rest.slice(1)).join(":");
    return inner(title, block, translation);
  }
  if (kind === "verifyTask") {
    return task(rest, line, translation);
  }
  if (isSpecial(info)) {
    return keptAsText(block, `"${kind}" is not supported`, translation);
  }
  reportTemplate(content, line, translation.report);
  return fenced(translateText(info, line, translation), translateText(content, line, translation));
}

function command(
  block: Extract<Block, { kind: "code" }>,
  { node, more }: { readonly node: string; readonly more: readonly string[] },
  translation: Translation,
): string {
  const { line } = block;
  if (node !== translation.node) {
    return keptAsText(
      block,
      `a command for "${node}": a seat has only one machine, which stands for "${translation.node}"`,
      translation,
    );
  }
  if (block.content.trim() === "") {
    translation.report(line, "there is no command in this block; it was not imported");
    return "";
  }
  const unknown: string[] = [];
  const typed = replaceMarks(block.content, ({ mark, node: of, name }) => {
    if (of === translation.node && isKnownInCommands(name)) {
      return `\${vminfo:${NODE}:${name}}`;
    }
    unknown.push(mark);
    return mark;
  });
  if (unknown.length > 0 || typed.includes(SESSION_MARK)) {
    return keptAsText(block, `${unknown[0] ?? SESSION_MARK} is not supported`, translation);
  }
  if (more.length > 0) {
    translation.report(
      line,
      `a limit of ${more.join(":")} clicks is not supported; the command can always be clicked again`,
    );
  }
  return fenced(`ctr:${NODE}`, typed);
}

function file(
  block: Extract<Block, { kind: "code" }>,
  { language, path, node }: { readonly language: string; readonly path: string; readonly node: string },
  translation: Translation,
): string {
  const { line, content } = block;
  if (node !== translation.node) {
    return keptAsText(
      block,
      `a file for "${node}": a seat has only one machine, which stands for "${translation.node}"`,
      translation,
    );
  }
  if (content.includes("${vminfo:") || content.includes(SESSION_MARK)) {
    return keptAsText(block, "values are not replaced in files", translation);
  }
  const inHome = path.replace(/^(?:~|\$HOME|\/root|\/home\/[^/]+)\//, "");
  const wrong = pathProblem(inHome);
  if (wrong !== undefined) {
    return keptAsText(block, wrong, translation);
  }
  if (inHome !== path && !path.startsWith("~")) {
    translation.report(line, `the file ${path} was changed to ${inHome}, in the student's home folder`);
  }
  return fenced(`file:${/^[\w+-]+$/.test(language) ? language : "text"}:${inHome}:${NODE}`, content);
}

/** The content of a note or hidden block, as part of the page. */
function inner(
  title: string,
  { content, line }: Block & { readonly content: string },
  translation: Translation,
): string {
  const head = title.trim() === "" ? "" : `**${translateParagraph(title.trim(), line, translation)}**\n\n`;
  const blocks = parseBlocks(`${content}\n`, line + 1);
  return `${head}${blocks
    .map((block) => translateBlock(block, translation))
    .join("")
    .trimEnd()}\n\n`;
}

function task(
  [node = "", ...rest]: readonly string[],
  line: number,
  { tasks, node: ours, report }: Translation,
): string {
  const name = rest.join(":");
  const found = tasks.find((candidate) => candidate.node === node && candidate.name === name);
  if (found === undefined || node !== ours) {
    report(line, `verifyTask: the task "${name}" of "${node}" was not found; write a check instead`);
    return "";
  }
  return renderCheck(found);
}

/** Keeps a block on the page as literal text. */
function keptAsText(
  { content, line, info }: Extract<Block, { kind: "code" }>,
  reason: string,
  translation: Translation,
): string {
  translation.report(line, `${reason}; it stays on the page as text`);
  const language = info.startsWith("file:") ? (info.split(":")[1] ?? "") : "text";
  return fenced(
    /^[\w+-]+$/.test(language) ? language : "text",
    translateText(content, line, { ...translation, report: () => {} }),
  );
}

function reportTemplate(content: string, line: number, report: Report): void {
  const name = /^(?:docker|kubectl|trivy|sudo|curl|ssh)\b.*<([A-Za-z][\w -]*)>/.exec(content.trim())?.[1];
  if (name !== undefined && !content.trim().includes("\n")) {
    report(
      line,
      `"${content.trim()}" stays on the page as text; to make it a command, write it as ctr:${NODE} with a lookup for <${name}>`,
    );
  }
}
