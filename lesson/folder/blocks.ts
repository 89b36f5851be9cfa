import { marked, type Token, type Tokens } from "marked";

/** A block of a page, with the line on which it begins. */
export type Block = { readonly line: number; readonly markdown: string } & (
  | { readonly kind: "heading"; readonly depth: number; readonly title: string }
  | { readonly kind: "code"; readonly info: string; readonly content: string }
  /** An unclosed comment contains the rest of the page. */
  | { readonly kind: "comment"; readonly content: string; readonly isClosed: boolean }
  | { readonly kind: "text"; readonly token: Token }
);

/** A block of literal text. */
export type CodeBlock = Extract<Block, { kind: "code" }>;

/** Info strings of fences with a meaning beyond code: HobbyFarm's, and Play with Docker's terminals. */
const SPECIAL = /^(?:(?:ctr|file|hidden|note|glossary|quiz|verifyTask)(?::|$)|\.term\d)/;

/**
 * Splits a page into blocks. Lists and quotations stay whole unless they contain a special fence or a comment, which become
 * separate blocks. Throws if the Markdown library fails.
 */
export function parseBlocks(markdown: string, firstLine = 1): Block[] {
  return blocksOf(marked.lexer(markdown), firstLine, UNCHANGED);
}

/** Whether a fence has a meaning beyond code. */
export function isSpecial(info: string): boolean {
  return SPECIAL.test(info);
}

/** Restores the Markdown of text taken out of a list or quotation. */
type Wrap = (markdown: string) => string;

const UNCHANGED: Wrap = (markdown) => markdown;
const QUOTED: Wrap = (markdown) => `${markdown.trimEnd().replaceAll(/^/gm, "> ")}\n\n`;

function blocksOf(tokens: readonly Token[], firstLine: number, wrap: Wrap): Block[] {
  let line = firstLine;
  return tokens.flatMap((token) => {
    const begin = line;
    line += countLines(token.raw);
    return blocksOfToken(token, begin, wrap);
  });
}

function blocksOfToken(token: Token, line: number, wrap: Wrap): Block[] {
  switch (token.type) {
    case "heading": {
      const { depth, text, raw } = token as Tokens.Heading;
      return [{ kind: "heading", line, depth, title: text, markdown: raw }];
    }
    case "code": {
      const { lang = "", text, raw } = token as Tokens.Code;
      return [{ kind: "code", line, info: lang, content: text, markdown: raw }];
    }
    case "html":
      return commentOf(token as Tokens.HTML, line, wrap);
    case "list":
      return mustBeOpened(token) ? blocksOfList(token as Tokens.List, line) : [textOf(token, line, wrap)];
    case "blockquote":
      return mustBeOpened(token)
        ? blocksOf((token as Tokens.Blockquote).tokens, line, QUOTED)
        : [textOf(token, line, wrap)];
    default:
      return [textOf(token, line, wrap)];
  }
}

function textOf(token: Token, line: number, wrap: Wrap): Block {
  return { kind: "text", line, token, markdown: token.type === "space" ? token.raw : wrap(token.raw) };
}

function commentOf(token: Tokens.HTML, line: number, wrap: Wrap): Block[] {
  const raw = token.raw.trim();
  if (!raw.startsWith("<!--")) {
    return [textOf(token, line, wrap)];
  }
  const end = raw.indexOf("-->", 4);
  const content = raw.slice(4, end < 0 ? undefined : end);
  const comment: Block = { kind: "comment", line, content, isClosed: end >= 0, markdown: token.raw };
  const rest = end < 0 ? "" : raw.slice(end + 3).trim();
  return rest === "" ? [comment] : [comment, ...parseBlocks(`${rest}\n`, line)];
}

function mustBeOpened(token: Token): boolean {
  let found = false;
  marked.walkTokens([token], (inner) => {
    const isClicked = inner.type === "code" && isSpecial((inner as Tokens.Code).lang ?? "");
    found ||= isClicked || (inner.type === "html" && inner.raw.trimStart().startsWith("<!--"));
  });
  return found;
}

/** The first text of each item keeps its bullet or number. */
function blocksOfList({ items, ordered, start }: Tokens.List, firstLine: number): Block[] {
  let line = firstLine;
  return items.flatMap((item, index) => {
    const begin = line;
    line += countLines(item.raw);
    const bullet = ordered ? `${Number(start || 1) + index}. ` : "- ";
    const [first, ...others] = item.tokens;
    if (first === undefined || !["text", "paragraph"].includes(first.type)) {
      return blocksOf(item.tokens, begin, UNCHANGED);
    }
    const indented = first.raw.trimEnd().replaceAll("\n", `\n${" ".repeat(bullet.length)}`);
    const head: Block = { kind: "text", line: begin, token: first, markdown: `${bullet}${indented}\n\n` };
    return [head, ...blocksOf(others, begin + countLines(first.raw), (markdown) => `${markdown.trimEnd()}\n\n`)];
  });
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
