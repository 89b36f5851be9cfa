import { marked, type Token } from "marked";
import { stringify } from "yaml";
import { inText, NODE, replaceMarks } from "../folder/hobbyfarm";
import type { Report } from "../folder/problem";
import type { SourceTask } from "./scenario";

/** HobbyFarm's mark for a student's session. */
export const SESSION_MARK = `\${session}`;

/** Context of a translation. */
export interface Translation {
  /** The source's name for the machine that becomes node1. */
  readonly node: string;
  readonly tasks: readonly SourceTask[];
  readonly report: Report;
}

/** Renames the machine to node1; replaces unsupported placeholders by a description. */
export function translateText(markdown: string, line: number, { node, report }: Translation): string {
  const named = replaceMarks(markdown, ({ mark, node: of, name }) => {
    const mine = { mark, node: of === node ? NODE : of, name };
    if (inText(mine) !== undefined) {
      return `\${vminfo:${NODE}:${name}}`;
    }
    report(line, `${mark} is not supported in text; the page shows "${name} of ${of}"`);
    return `${name} of ${of}`;
  });
  if (!named.includes(SESSION_MARK)) {
    return named;
  }
  report(line, 'the session has no name; the page shows "session"');
  return named.replaceAll(SESSION_MARK, "session");
}

/** Text of a paragraph, without comments; an unclosed one is escaped, because it would hide what follows. */
export function translateParagraph(markdown: string, line: number, translation: Translation): string {
  const shown = markdown.replaceAll(/<!--[\s\S]*?-->/g, "").replaceAll("<!--", "&lt;!--");
  return translateText(shown, line, translation);
}

/** Reports parts of a text that will look different. */
export function reportText(token: Token, line: number, report: Report): void {
  marked.walkTokens([token], (part) => {
    if (part.type === "image") {
      report(line, "images are not supported; the description is shown");
    } else if (part.type === "html" && !part.raw.trimStart().startsWith("<!--")) {
      report(line, `HTML is shown as text: ${part.raw.trim().split("\n", 1)[0]}`);
    }
  });
  const attributes = /\{:[^}]*\}/.exec(token.raw)?.[0];
  if (attributes !== undefined) {
    report(line, `${attributes} is not supported; it is shown as text`);
  }
  const liquid = /\{%.*?%\}|\{\{\s*site\..*?\}\}/.exec(token.raw)?.[0];
  if (liquid !== undefined) {
    report(line, `${liquid} is not supported; it is shown as text`);
  }
}

/** Renders an annotation as a comment. */
export function renderAnnotation(name: string, value: unknown): string {
  // "-->" would end it; in YAML's quoted texts a character can be written by its number.
  const text = stringify(
    { [name]: value },
    { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 },
  );
  return `<!--\n${text.replaceAll("-->", "--\\x3e")}-->\n\n`;
}

/** HobbyFarm compares the whole output, without the line ends at its end. */
export function renderCheck({ name, command, output, isPattern, exitCode }: SourceTask): string {
  const matches = isPattern ? output : undefined;
  const contains = isPattern || output === undefined || output === "" ? undefined : output.trimEnd();
  return renderAnnotation("check", {
    see: name,
    command,
    ...(contains === undefined ? {} : { contains }),
    ...(matches === undefined ? {} : { matches }),
    ...(exitCode === undefined || exitCode === 0 ? {} : { exit: exitCode }),
  });
}
