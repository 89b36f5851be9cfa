import { type Block, type CodeBlock, isSpecial, parseBlocks } from "../folder/blocks";
import { isKnownInCommands, NODE, parseFenceInfo, pathProblem, replaceMarks } from "../folder/hobbyfarm";
import type { Report } from "../folder/problem";
import {
  renderCheck,
  reportText,
  SESSION_MARK,
  type Translation,
  translateParagraph,
  translateText,
} from "./translate-text";

const LANGUAGE = /^[\w+-]+$/;

/** Translates a block. Unsupported blocks stay on the page as text, and are reported. */
export function translateBlock(block: Block, translation: Translation): string {
  switch (block.kind) {
    case "comment":
      // Dropped, because it could be parsed as an annotation.
      return "";
    case "code":
      return translateCode(block, translation);
    case "text":
      reportText(block.token, block.line, translation.report);
      if (block.token.type === "html") {
        return fenced("html", translateText(block.token.raw.trim(), block.line, translation));
      }
  }
  const text = translateParagraph(block.markdown, block.line, translation).trimEnd();
  return text.trim() === "" ? "" : `${text}\n\n`;
}

/** A fence around any content. */
function fenced(info: string, content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${info.replaceAll("`", "")}\n${content}\n${ticks}\n\n`;
}

function translateCode(block: CodeBlock, translation: Translation): string {
  const { info, content, line } = block;
  const parsed = parseFenceInfo(info);
  const terminal = /^\.term(\d)/.exec(info)?.[1];
  if (terminal !== undefined && terminal !== "1") {
    return keptAsText(block, `terminal ${terminal}: a seat has only one machine`, translation);
  }
  if (parsed.kind === "command" || terminal !== undefined) {
    return translateCommand(block, parsed.kind === "command" ? parsed : { node: "", more: [] }, translation);
  }
  if (parsed.kind === "file") {
    return translateFile(block, parsed, translation);
  }
  const [kind = "", ...rest] = info.split(":");
  if (kind === "hidden" || kind === "note") {
    return translateNote((kind === "hidden" ? rest : rest.slice(1)).join(":").trim(), block, translation);
  }
  if (kind === "verifyTask") {
    return translateTask(rest, line, translation);
  }
  if (isSpecial(info)) {
    return keptAsText(block, `"${kind}" is not supported`, translation);
  }
  reportTemplate(content.trim(), line, translation.report);
  return fenced(translateText(info, line, translation), translateText(content, line, translation));
}

/** `node`: empty for the machine that becomes node1. `more`: HobbyFarm's limit of clicks. */
function translateCommand(
  block: CodeBlock,
  { node, more }: { readonly node: string; readonly more: readonly string[] },
  translation: Translation,
): string {
  if (node !== "" && node !== translation.node) {
    return keptAsText(block, otherMachine("command", node, translation), translation);
  }
  if (block.content.trim() === "") {
    translation.report(block.line, "there is no command in this block; it was not imported");
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
    const limit = `a limit of ${more.join(":")} clicks`;
    translation.report(block.line, `${limit} is not supported; the command can always be clicked again`);
  }
  return fenced(`ctr:${NODE}`, typed);
}

function translateFile(
  block: CodeBlock,
  { language, path, node }: { readonly language: string; readonly path: string; readonly node: string },
  translation: Translation,
): string {
  const { line, content } = block;
  if (node !== translation.node) {
    return keptAsText(block, otherMachine("file", node, translation), translation);
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
  return fenced(`file:${LANGUAGE.test(language) ? language : "text"}:${inHome}:${NODE}`, content);
}

function otherMachine(what: string, node: string, translation: Translation): string {
  return `a ${what} for "${node}": a seat has only one machine, which stands for "${translation.node}"`;
}

/** The content of a note or hidden block, as part of the page. */
function translateNote(title: string, { content, line }: CodeBlock, translation: Translation): string {
  const head = title === "" ? "" : `**${translateParagraph(title, line, translation)}**\n\n`;
  const blocks = parseBlocks(`${content}\n`, line + 1).map((block) => translateBlock(block, translation));
  return `${head}${blocks.join("").trimEnd()}\n\n`;
}

function translateTask(
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
function keptAsText({ content, line, info }: CodeBlock, reason: string, translation: Translation): string {
  translation.report(line, `${reason}; it stays on the page as text`);
  const language = info.startsWith("file:") ? (info.split(":")[1] ?? "") : "text";
  const text = translateText(content, line, { ...translation, report: () => {} });
  return fenced(LANGUAGE.test(language) ? language : "text", text);
}

function reportTemplate(command: string, line: number, report: Report): void {
  const name = /^(?:docker|kubectl|trivy|sudo|curl|ssh)\b.*<([A-Za-z][\w -]*)>/.exec(command)?.[1];
  if (name !== undefined && !command.includes("\n")) {
    const how = `write it as ctr:${NODE} with a lookup for <${name}>`;
    report(line, `"${command}" stays on the page as text; to make it a command, ${how}`);
  }
}
