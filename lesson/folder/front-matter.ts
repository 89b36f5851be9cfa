import { LineCounter, parseDocument } from "yaml";
import type { Report } from "./problem";

/** A page without the lines between `---` (YAML) or `+++` (TOML) that it may begin with. */
export interface SplitPage {
  readonly mark: "---" | "+++" | undefined;
  readonly frontMatter: string;
  readonly body: string;
  /** The line on which the body begins. */
  readonly firstLine: number;
}

/** Takes the front matter off a page. One that is never closed is none. */
export function splitFrontMatter(text: string): SplitPage {
  const lines = text.split("\n");
  const mark = lines[0]?.trim();
  if (mark === "---" || mark === "+++") {
    const end = lines.findIndex((line, index) => index > 0 && line.trim() === mark);
    if (end > 0) {
      const [frontMatter, body] = [lines.slice(1, end), lines.slice(end + 1)].map((part) => part.join("\n"));
      return { mark, frontMatter: frontMatter ?? "", body: body ?? "", firstLine: end + 2 };
    }
  }
  return { mark: undefined, frontMatter: "", body: text, firstLine: 1 };
}

/** YAML as plain data, with each mistake told at its line; undefined where there is one. `firstLine` is the text's own. */
export function parseYaml(text: string, firstLine: number, report: Report): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  const mistakes = [...document.errors, ...document.warnings];
  for (const { pos, message } of mistakes) {
    report(firstLine + lineCounter.linePos(pos[0]).line - 1, `this is not YAML: ${message}`);
  }
  if (mistakes.length > 0) {
    return undefined;
  }
  try {
    // A few aliases of aliases would become gigabytes.
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (error) {
    report(firstLine, `this is not YAML that is taken here: ${(error as Error).message}`);
    return undefined;
  }
}
