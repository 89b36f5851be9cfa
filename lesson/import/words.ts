import { marked, type Token } from "marked";
import { NODE } from "../folder/info";
import { inWords, replaceMarks } from "../folder/machine-values";
import type { Report } from "../folder/problem";
import type { SourceTask } from "./source";

/** HobbyFarm's mark for a student's session. */
export const SESSION_MARK = `\${session}`;

/** What pages are translated with. */
export interface Translation {
  /** The source's name for the machine that becomes node1. */
  readonly node: string;
  readonly tasks: readonly SourceTask[];
  readonly report: Report;
}

/** Words with our name for the machine; what cannot be known is put in words. */
export function words(markdown: string, line: number, { node, report }: Translation): string {
  const named = replaceMarks(markdown, ({ mark, node: of, name }) => {
    const mine = { mark, node: of === node ? NODE : of, name };
    if (inWords(mine) !== undefined) {
      return `\${vminfo:${NODE}:${name}}`;
    }
    report(line, `${mark} cannot be shown; the page says "${name} of ${of}"`);
    return `${name} of ${of}`;
  });
  if (!named.includes(SESSION_MARK)) {
    return named;
  }
  report(line, 'the session has no name here; the page says "session"');
  return named.replaceAll(SESSION_MARK, "session");
}

/** Words of a paragraph. Comments in it were for readers of the source; one that is never closed would swallow what follows. */
export function prose(markdown: string, line: number, translation: Translation): string {
  const shown = markdown.replaceAll(/<!--[\s\S]*?-->/g, "").replaceAll("<!--", "&lt;!--");
  return words(shown, line, translation);
}

/** What is on the page and will not look as it did. */
export function reportText(token: Token, line: number, report: Report): void {
  marked.walkTokens([token], (part) => {
    if (part.type === "image") {
      report(line, "a picture is not carried over; its description is shown");
    } else if (part.type === "html" && !part.raw.trimStart().startsWith("<!--")) {
      report(line, `HTML is shown as it is written: ${part.raw.trim().split("\n", 1)[0]}`);
    }
  });
  const attributes = /\{:[^}]*\}/.exec(token.raw)?.[0];
  if (attributes !== undefined) {
    report(line, `${attributes} is another program's: it is shown as it is written`);
  }
  const liquid = /\{%.*?%\}|\{\{\s*site\..*?\}\}/.exec(token.raw)?.[0];
  if (liquid !== undefined) {
    report(line, `${liquid} is filled in by another program: it is shown as it is written`);
  }
}
