// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HobbyFarm writes values so

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../lesson/folder/problem";
import { readLesson } from "../../../lesson/folder/read-lesson";
import { importLesson } from "../../../lesson/import/import-lesson";
import { readSource } from "../../../lesson/import/read-source";

/** Pieces of which pages are made here and elsewhere, and ones that end where nobody expects it. */
const PIECES = [
  "# Title\n",
  "## Part\n",
  "words ",
  "\n\n",
  "\n",
  "  ",
  "- item\n",
  "1. one\n   ",
  "> quote\n> ",
  "```ctr:node1\nls -l\n```\n",
  "```ctr:other:3\nls\n```\n",
  "```ctr:\n",
  "~~~file:js:a.js:node1\nlet a;\n~~~\n",
  "```file:x:../a:node1\n```\n",
  "```file\n",
  "```.term1\ndocker run -ti a sh\n```\n",
  "```.term2\nx\n```\n",
  "```ctr:node1\nexit\n```\n",
  "```note:task:T\nin\n~~~ctr:node1\nls\n~~~\n```\n",
  "```hidden:H\n<b>\n```\n",
  "```verifyTask:node1:t\n```\n",
  "```\n",
  "~~~\n",
  "<!-- expect: a -->\n",
  "<!--\nexpect:\n  matches: ^a\n  exit: 1\n-->\n",
  "<!--\ncheck:\n  command: ls\n-->\n",
  "<!--\nlookup:\n  a: {how: b, command: c}\n-->\n",
  "<!-- session: x -->\n",
  "<!-- session: end -->\n",
  "<!-- expect: [&a a, *a] -->",
  "<!-- check: {",
  "<!--",
  "-->",
  "${vminfo:node1:hostname}",
  "${vminfo:node1:private_ip}",
  "${vminfo:x:y}",
  "${session}",
  "{:.quiz}",
  "{% raw %}",
  "![a](b)",
  "[a]: b\n",
  "<script>",
  "---\n",
  '+++\ntitle = "T"\nweight = 1\n+++\n',
  "needs: [1]\n",
  "cleanup: [a]\n",
  "kind: Scenario\nspec:\n  steps:\n  - {title: YQ==, content: YmM=}\n",
  "\u001b[2J",
  "\u0000",
  "\ufeff",
  "\r\n",
  "\t",
];

const text = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join("")) },
  fc.string({ unit: "binary", maxLength: 200 }),
);
const name = fc.constantFrom("README.md", "1-a.md", "2-b.md", "02-c.md", "x.md", "content/d.md");
const RUNS = { numRuns: 2000 };

describe("any texts", () => {
  test("are a lesson, or problems with a file and a line", () => {
    fc.assert(
      fc.property(fc.dictionary(name, text), (files) => {
        const reading = readLesson(new Map(Object.entries(files)));
        if ("lesson" in reading) {
          expect(reading.lesson.steps.length).toBeGreaterThan(0);
          return;
        }
        expect(reading.problems.length).toBeGreaterThan(0);
        for (const { file, line, message } of reading.problems) {
          const lines = (files[file] ?? "").split(/\r\n?|\n/).length;
          expect({ line: line >= 1 && line <= lines + 1, message: message !== "" }, `${file}:${line}`).toEqual({
            line: true,
            message: true,
          });
        }
      }),
      RUNS,
    );
  });

  test("are imported to what can be read as a lesson, or are none", () => {
    const source = fc.constantFrom("a.md", "b.markdown", "content/c.md", "scenario.yml");
    fc.assert(
      fc.property(fc.dictionary(source, text, { minKeys: 1 }), (files) => {
        const problems: Problem[] = [];
        const read = readSource(new Map(Object.entries(files)), problems);
        if (read === undefined) {
          return;
        }
        const { files: written, untranslated } = importLesson(read, "fallback");
        const reading = readLesson(written);
        expect(
          "problems" in reading ? { problems: reading.problems, written: [...written] } : undefined,
        ).toBeUndefined();
        expect([...problems, ...untranslated].every(({ line }) => line >= 1)).toBe(true);
      }),
      // Without the list's indent, its second line would begin a file.
      { ...RUNS, examples: [[{ "a.md": "  1. one\n   \t```file:x:../a:node1\n```\n" }]] },
    );
  });
});
