// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HobbyFarm writes values so

import { describe, expect, test } from "vitest";
import { readLesson } from "../../../lesson/folder/read-lesson";
import { problemsOf } from "./folder-support";

const command = "# T\n\n'''ctr:node1\nls\n'''\n";

describe("what is wrong with a page is told with its line", () => {
  test.each([
    ["no heading", "words\n", "1-page.md:1: the page has no heading"],
    ["a machine that is not there", "# T\n\n'''ctr:node2\nls\n'''\n", '1-page.md:3: there is no machine "node2"'],
    ["a command that is empty", "# T\n\n'''ctr:node1\n\n'''\n", "1-page.md:3: there is no command"],
    ["a click limit", "# T\n\n'''ctr:node1:2\nls\n'''\n", '1-page.md:3: "ctr:node1:2" should be ctr:node1'],
    ["a file without its language", "# T\n\n'''file:a.js:node1\nx\n'''\n", '1-page.md:3: "file:a.js:node1" should be'],
    [
      "an unknown value",
      "# T\n\n'''ctr:node1\ncurl ${vminfo:node1:public_ip}\n'''\n",
      "1-page.md:3: ${vminfo:node1:public_ip} cannot",
    ],
    ["a value in a file", "# T\n\n'''file:text:a:node1\n${vminfo:node1:hostname}\n'''\n", "1-page.md:3: ${vminfo"],
    [
      "an address in words",
      "# T\n\n${vminfo:node1:private_ip}\n",
      "1-page.md:3: ${vminfo:node1:private_ip} can only be used in commands",
    ],
    ["a comment without an end", `${command}\n<!-- expect: a\n`, "1-page.md:7: this comment is not closed"],
    [
      "a misspelt word",
      `${command}<!-- expects: a -->\n`,
      '1-page.md:6: "expects:" is not an annotation; did you mean "expect:"?',
    ],
    ["no YAML", `${command}<!--\nexpect:\n  see: "a\n-->\n`, "1-page.md:9: invalid YAML"],
    ["an unknown key", `${command}<!--\nexpect:\n  sees: a\n-->\n`, '1-page.md:6: expect: Unrecognized key: "sees"'],
    [
      "a pattern that is none",
      `${command}<!--\nexpect:\n  matches: "("\n-->\n`,
      "1-page.md:6: expect.matches: Invalid regular",
    ],
    ["a check without a command", "# T\n\n<!--\ncheck:\n  see: a\n-->\n", "1-page.md:3: check.command: "],
    [
      "nothing to expect of",
      "# T\n\n<!-- expect: a -->\n",
      "1-page.md:3: expect: there is no command before this comment",
    ],
    [
      "a lookup of nothing",
      `${command}<!--\nlookup:\n  a b: {how: x, command: y}\n-->\n`,
      "1-page.md:6: lookup: the command before this comment has no <a b>",
    ],
    ["a session without an end", `${command}<!-- session: x -->\n`, "1-page.md:6: this session has no end"],
    ["an end without a session", `${command}<!-- session: end -->\n`, "1-page.md:6: session: move the end after"],
    [
      "a step that comes later",
      "---\nneeds: [2]\n---\n# T\n",
      "1-page.md:2: needs: there is no step 2 before this one",
    ],
    ["an unknown setting", "---\nminutes: 3\n---\n# T\n", '1-page.md:2: Unrecognized key: "minutes"'],
    ["front matter of another program", "+++\nweight = 1\n+++\n# T\n", "1-page.md:1: front matter must be YAML"],
    ["a control character", "# T\n\nls \u001b[2J\n", "1-page.md:3: this line contains a control character"],
    ["a long title", `# ${"T".repeat(101)}\n`, "1-page.md:1: a title must have 1 to 100"],
  ])("%s", (_, text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, problem.length)).toBe(problem);
  });

  test.each([
    "/etc/passwd",
    "../a",
    "a/../../b",
    "a//b",
    "~/a",
    "a;b",
    "a b",
    "$HOME/a",
    "-rf",
    ".",
    "a/",
    "a\\b",
    "x".repeat(201),
  ])("a file named %j", (path) => {
    expect(problemsOf(`# T\n\n'''file:text:${path}:node1\nx\n'''\n`)).toHaveLength(1);
  });

  test("all of it at once, in the order of pages and lines", () => {
    const found = problemsOf("# A\n\n'''ctr:a\nls\n'''\n\n<!-- check: 1 -->\n", "words\n\n'''file:x:/y:node1\n'''\n");
    expect(found.map((problem) => problem.split(":", 2).join(":"))).toEqual([
      "1-page.md:3",
      "1-page.md:7",
      "2-page.md:1",
      "2-page.md:3",
    ]);
  });

  test("in lists and quotations, and after them", () => {
    const list =
      "# T\n\n1. a\n   b\n\n   '''ctr:x\n   ls\n   '''\n2. c\n   '''ctr:y\n   ls\n   '''\n\n> '''ctr:z\n> ls\n> '''\n";
    const lines = problemsOf(`${list}\n'''ctr:a\nls\n'''\n`).map((problem) => problem.split(":")[1]);
    expect(lines).toEqual(["6", "10", "14", "18"]);
  });

  test("thousands of quotations in each other", () => {
    expect(problemsOf(`# T\n\n${">".repeat(100_000)} a\n`)[0]).toContain("cannot be read as Markdown");
  });
});

describe("what is wrong with a folder", () => {
  const messagesOf = (files: Record<string, string>) => {
    const reading = readLesson(new Map(Object.entries(files)));
    return "problems" in reading ? reading.problems.map(({ file, message }) => `${file}: ${message}`) : [];
  };

  test.each([
    ["no title", { "1-a.md": "# A\n" }, "README.md: the file is missing"],
    ["no pages", { "README.md": "# L\n" }, "README.md: a lesson must have 1 to 100 pages"],
    [
      "a page without a number",
      { "README.md": "# L\n", "1-a.md": "# A\n", "b.md": "# B\n" },
      "b.md: a page's name must start with its number",
    ],
    [
      "two pages of one number",
      { "README.md": "# L\n", "1-a.md": "# A\n", "01-b.md": "# B\n" },
      "01-b.md: there are two pages",
    ],
    ["a page that is too long", { "README.md": "# L\n", "1-a.md": "a".repeat(200_001) }, "1-a.md: the file has 200001"],
    [
      "aliases of aliases",
      { "README.md": "---\ncleanup: [&a x, *a]\n---\n# L\n", "1-a.md": "# A\n" },
      "README.md: unsupported YAML: ",
    ],
  ])("%s", (_, files, problem) => {
    const messages = messagesOf(files);
    expect(messages).toHaveLength(1);
    expect(messages[0]?.slice(0, problem.length)).toBe(problem);
  });
});
