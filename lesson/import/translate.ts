import { type Block, isSpecial, parseBlocks } from "../folder/blocks";
import { NODE, parseFenceInfo, pathProblem } from "../folder/info";
import { isKnownInCommands, replaceMarks } from "../folder/machine-values";
import type { Report } from "../folder/problem";
import { renderCheck } from "./annotation-text";
import { prose, reportText, SESSION_MARK, type Translation, words } from "./words";

/** Blocks for another program as blocks for this one. What has no counterpart stays to be read, and is told. */
export function translateBlock(block: Block, translation: Translation): string {
  switch (block.kind) {
    case "comment":
      // For the readers of the source; here they could mean something.
      return "";
    case "code":
      return translateCode(block, translation);
    case "heading":
      return `${prose(block.markdown, block.line, translation).trimEnd()}\n\n`;
    case "text":
      reportText(block.token, block.line, translation.report);
      if (block.token.type === "html") {
        return fenced("html", words(block.token.raw.trim(), block.line, translation));
      }
      return block.markdown.trim() === "" ? "" : `${prose(block.markdown, block.line, translation).trimEnd()}\n\n`;
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
      : toBeRead(block, `terminal ${terminal}: a seat has one machine`, translation);
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
    return toBeRead(block, `"${kind}" has no counterpart`, translation);
  }
  reportTemplate(content, line, translation.report);
  return fenced(words(info, line, translation), words(content, line, translation));
}

function command(
  block: Extract<Block, { kind: "code" }>,
  { node, more }: { readonly node: string; readonly more: readonly string[] },
  translation: Translation,
): string {
  const { line } = block;
  if (node !== translation.node) {
    return toBeRead(
      block,
      `a command for "${node}": a seat has one machine, and "${translation.node}" became it`,
      translation,
    );
  }
  if (block.content.trim() === "") {
    translation.report(line, "there is no command in this block; it is left out");
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
    return toBeRead(block, `${unknown[0] ?? SESSION_MARK} cannot be found out here`, translation);
  }
  if (more.length > 0) {
    translation.report(
      line,
      `a limit of ${more.join(":")} clicks has no counterpart; the command can be clicked again`,
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
    return toBeRead(
      block,
      `a file for "${node}": a seat has one machine, and "${translation.node}" became it`,
      translation,
    );
  }
  if (content.includes("${vminfo:") || content.includes(SESSION_MARK)) {
    return toBeRead(block, "values are not filled in within files", translation);
  }
  const inHome = path.replace(/^(?:~|\$HOME|\/root|\/home\/[^/]+)\//, "");
  const wrong = pathProblem(inHome);
  if (wrong !== undefined) {
    return toBeRead(block, wrong, translation);
  }
  if (inHome !== path && !path.startsWith("~")) {
    translation.report(line, `the file ${path} is now ${inHome}, in the student's own folder`);
  }
  return fenced(`file:${/^[\w+-]+$/.test(language) ? language : "text"}:${inHome}:${NODE}`, content);
}

/** What stands in a box, or behind a click, stands on the page itself. */
function inner(
  title: string,
  { content, line }: Block & { readonly content: string },
  translation: Translation,
): string {
  const head = title.trim() === "" ? "" : `**${prose(title.trim(), line, translation)}**\n\n`;
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
    report(line, `verifyTask: no task "${name}" of "${node}" is known; write a check in its place`);
    return "";
  }
  return renderCheck(found);
}

/** Left on the page for people, as the literal text that it was. */
function toBeRead(
  { content, line, info }: Extract<Block, { kind: "code" }>,
  reason: string,
  translation: Translation,
): string {
  translation.report(line, `${reason}; it stays on the page to be read`);
  const language = info.startsWith("file:") ? (info.split(":")[1] ?? "") : "text";
  return fenced(
    /^[\w+-]+$/.test(language) ? language : "text",
    words(content, line, { ...translation, report: () => {} }),
  );
}

function reportTemplate(content: string, line: number, report: Report): void {
  const name = /^(?:docker|kubectl|trivy|sudo|curl|ssh)\b.*<([A-Za-z][\w -]*)>/.exec(content.trim())?.[1];
  if (name !== undefined && !content.trim().includes("\n")) {
    report(
      line,
      `"${content.trim()}" stays to be read: to make it a command, write it as ctr:${NODE} with a lookup for <${name}>`,
    );
  }
}
