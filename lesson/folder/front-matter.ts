import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Report } from "./problem";

/** A page without the lines between `---` (YAML) or `+++` (TOML) that it may begin with. */
export interface SplitPage {
  readonly mark: "---" | "+++" | undefined;
  readonly frontMatter: string;
  readonly body: string;
  /** The line on which the body begins. */
  readonly firstLine: number;
}

/** Splits the front matter from a page. Unclosed front matter is part of the body. */
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

/**
 * Parses the settings in YAML front matter. Reports what is wrong with them, and then returns undefined. `allowed`: all that can
 * be set, as an example.
 */
export function readSettings<Settings>(
  frontMatter: string,
  schema: z.ZodType<Settings>,
  allowed: string,
  report: Report,
): Settings | undefined {
  const { data, error } = schema.safeParse(parseYaml(frontMatter, 2, report) ?? {});
  for (const { path, message } of error?.issues ?? []) {
    report(
      2,
      `${path.length === 0 ? "" : `${path.join(".")}: `}${message}; only these settings are allowed, for example: ${allowed}`,
    );
  }
  return data;
}

/** Parses YAML as plain data. Reports each mistake with its line, and then returns undefined. `firstLine`: the text's first line in its file. */
export function parseYaml(text: string, firstLine: number, report: Report): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  const mistakes = [...document.errors, ...document.warnings];
  for (const { pos, message } of mistakes) {
    report(firstLine + lineCounter.linePos(pos[0]).line - 1, `invalid YAML: ${message}`);
  }
  if (mistakes.length > 0) {
    return undefined;
  }
  try {
    // No aliases: a few nested ones can expand to gigabytes.
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (error) {
    report(firstLine, `unsupported YAML: ${(error as Error).message}`);
    return undefined;
  }
}
