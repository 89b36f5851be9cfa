import { RE2JS } from "re2js";

/** A lesson's regular expression, which runs in time linear in the length of the text. */
export interface Pattern {
  /** Whether it matches anywhere. */
  test(text: string): boolean;
  /** Position of its first match; undefined when there is none. */
  indexIn(text: string): number | undefined;
}

/**
 * A regular expression as lessons write it: JavaScript's syntax with the flags "m" and "u", without look-ahead,
 * look-behind and back references. Students choose the texts that it is matched against, so it is run by RE2, which
 * never backtracks. Throws an error that names what is wrong or not supported.
 */
export function parsePattern(source: string): Pattern {
  // RE2 has some syntax of its own, which other tools that read a lesson do not know.
  new RegExp(source, "mu");
  const compiled = compile(source);
  const test = (text: string) => compiled.test(text);
  const indexIn = (text: string) => {
    const matcher = compiled.matcher(text);
    // Finding a match's position takes five times as long as testing for a match.
    return test(text) && matcher.find() ? matcher.start() : undefined;
  };
  return { test, indexIn };
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source), RE2JS.MULTILINE);
  } catch (error) {
    const [, part = source] = /: `(.*)`$/s.exec((error as Error).message) ?? [];
    throw new Error(
      `${JSON.stringify(part)} is not supported in a lesson's pattern: do not use look-ahead, look-behind, back references, ` +
        "\\p{...=...} or more than 1000 repetitions; all other JavaScript syntax is supported",
      { cause: error },
    );
  }
}
