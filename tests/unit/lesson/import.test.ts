// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HobbyFarm writes values so

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEFAULTS } from "../../../config/schema";
import { lessonSteps, studentNames } from "../../../lesson";
import type { Problem } from "../../../lesson/folder/problem";
import { type Lesson, readLesson } from "../../../lesson/folder/read-lesson";
import { importLesson } from "../../../lesson/import/import-lesson";
import { readSource } from "../../../lesson/import/read-source";
import { page, typedIn } from "./folder-support";

/** What becomes of these files: the pages as they are written, the lesson that they are, and what was told. */
function imported(files: Readonly<Record<string, string>>) {
  const problems: Problem[] = [];
  const texts = new Map(Object.entries(files).map(([name, text]): [string, string] => [name, page(text)]));
  const source = readSource(texts, problems) ?? expect.fail(JSON.stringify(problems));
  const { files: written, untranslated } = importLesson(source, "fallback");
  const reading = readLesson(written);
  const told = [...problems, ...untranslated].map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const lesson: Lesson = "lesson" in reading ? reading.lesson : expect.fail(JSON.stringify(reading.problems, null, 2));
  return { written, lesson, told, pages: [...written.values()].slice(1) };
}

describe("this project's own lesson for HobbyFarm", () => {
  const folder = join(__dirname, "../../../docs/lesson/hobbyfarm");
  const pages = readdirSync(folder).map((name): [string, string] => [name, readFileSync(join(folder, name), "utf8")]);
  const { lesson, told } = imported(Object.fromEntries(pages));
  const own = lessonSteps(studentNames("lesson"), { registryImage: DEFAULTS.lesson.registryImage });

  test("comes back with its steps, commands, programs and files", () => {
    expect(lesson.steps.map(({ id, title }) => ({ id, title }))).toEqual(own.map(({ id, title }) => ({ id, title })));
    for (const [index, step] of own.entries()) {
      const again = lesson.steps[index] ?? expect.fail("a step is missing");
      const clicked = typedIn(step).filter((command) => !/<[^<>]+>/.test(command));
      expect(typedIn(again)).toEqual(clicked);
      const files = (tasks: typeof step.tasks) =>
        tasks.flatMap((task) => (task.kind === "file" ? [[task.path, task.language, task.content]] : []));
      expect(files(again.tasks)).toEqual(files(step.tasks));
      const kinds = (tasks: typeof step.tasks) => tasks.filter(({ kind }) => kind === "session").length;
      expect(kinds(again.tasks)).toBe(kinds(step.tasks));
    }
  });

  test("tells of just those commands in which a student has to fill something in", () => {
    const templates = own.flatMap(typedIn).filter((command) => /<[^<>]+>/.test(command));
    expect(told.map((line) => line.replace(/^\S+: "(.*)" stays on the page as text.*$/, "$1"))).toEqual(templates);
    expect(templates).toHaveLength(5);
  });

  test("keeps the machine's name to be filled in", () => {
    expect(lesson.steps[0]?.text).toContain("`<hostname>`");
  });
});

describe("pages for HobbyFarm", () => {
  test("keep their title and order by front matter; their one machine becomes node1", () => {
    const { lesson, told, pages } = imported({
      "content/a.md":
        "+++\ntitle = \"Second\"\nweight = 2\n+++\n\nOn `${vminfo:rocky:hostname}`:\n\n'''ctr:rocky\nuptime\n'''\n",
      "content/b.md": "+++\ntitle = \"First\"\nweight = 1\n+++\n\n'''file:yaml:~/a.yaml:rocky\na: 1\n'''\n",
      "README.md": "# of the repository\n",
    });
    expect(lesson.steps.map(({ title }) => title)).toEqual(["First", "Second"]);
    expect(pages[1]).toBe("# Second\n\nOn `${vminfo:node1:hostname}`:\n\n```ctr:node1\nuptime\n```\n");
    expect(pages[0]).toContain("```file:yaml:a.yaml:node1\na: 1\n```");
    expect(told).toEqual([]);
  });

  test.each([
    ["another machine", "'''ctr:two\nls\n'''", '3: a command for "two": a seat has only one machine'],
    ["a file for another machine", "'''file:text:a:two\nls\n'''", '3: a file for "two": a seat has only one machine'],
    [
      "a file outside of the home folder",
      "'''file:text:/etc/a:node1\nls\n'''",
      '3: the file name "/etc/a" is invalid: use',
    ],
    ["a file above it", "'''file:text:~/../a:node1\nls\n'''", '3: the file name "../a" is invalid: it must stay in'],
    ["a file in root's home", "'''file:text:/root/a:node1\nls\n'''", "3: the file /root/a was changed to a"],
    ["a limit of clicks", "'''ctr:node1:2\nls\n'''", "3: a limit of 2 clicks"],
    [
      "an address in a command",
      "'''ctr:node1\ncurl ${vminfo:node1:public_ip}\n'''",
      "3: ${vminfo:node1:public_ip} is not supported",
    ],
    ["an address in words", "${vminfo:node1:public_ip}", "3: ${vminfo:node1:public_ip} is not supported in text"],
    ["a value in a file", "'''file:text:a:node1\n${vminfo:node1:hostname}\n'''", "3: values are not replaced in"],
    ["the session's name", "${session}", "3: the session has no name"],
    ["a glossary", "'''glossary:Word\nmeaning\n'''", '3: "glossary" is not supported'],
    ["a quiz", "'''quiz:Q:3\n- a:(x)\n'''", '3: "quiz" is not supported'],
    ["a task that is not known", "'''verifyTask:node1:T\n'''", '3: verifyTask: the task "T" of "node1" was not found'],
    ["a picture", "![a](b.png)", "3: images are not supported"],
    ["HTML", "<iframe src=x></iframe>", "3: HTML is shown as text: <iframe"],
    ["an editor", "'''ctr:node1\nvi a\n'''", "3: this program is interactive"],
    [
      "a shell that nothing leaves",
      "'''ctr:node1\ndocker run -ti a sh\n'''",
      "3: this opens a shell that is never closed",
    ],
  ])("with %s are told of, and are a lesson all the same", (_, text, told) => {
    const result = imported({ "1.md": `# T\n\n${text}\n\n'''ctr:node1\nls -l\n'''\n`, "2.md": "# U\n" });
    expect(result.told).toHaveLength(1);
    expect(result.told[0]?.slice(0, `1.md:${told}`.length)).toBe(`1.md:${told}`);
  });

  test("lose their boxes, and nothing in them", () => {
    const text = "'''note:task:Look\nCheck `it`.\n~~~ctr:node1\nls\n~~~\n'''\n\n'''hidden:More\nwords\n'''\n";
    const { pages, lesson, told } = imported({ "1.md": `# T\n\n${text}`, "2.md": "# U\n" });
    expect(pages[0]).toBe("# T\n\n**Look**\n\nCheck `it`.\n\n```ctr:node1\nls\n```\n\n**More**\n\nwords\n");
    expect(lesson.steps[0]).toMatchObject({ tasks: [{ command: "ls" }], closing: "**More**\n\nwords" });
    expect(told).toEqual([]);
  });
});

describe("a Scenario of HobbyFarm", () => {
  const base64 = (text: string) => Buffer.from(page(text)).toString("base64");
  const scenario = (steps: string, more = "") =>
    `apiVersion: hobbyfarm.io/v1\nkind: Scenario\nmetadata:\n  name: x\nspec:\n  name: ${base64("My scenario\n")}\n  steps:\n${steps}\n${more}`;
  const step = (title: string, content: string) => `  - title: ${base64(title)}\n    content: ${base64(content)}`;

  test("is decoded, and its tasks become checks", () => {
    const tasks = `  vm_tasks:
  - vm_name: node1
    tasks:
    - {name: a file, command: cat a, expected_output_value: "x\\n", expected_return_code: 0, return_type: Return_Code_And_Text}
    - {name: no file, command: ls b, expected_return_code: 2, return_type: Return_Code}
`;
    const content =
      "'''ctr:node1\ntouch a\n'''\n\n'''verifyTask:node1:a file\n'''\n\n'''verifyTask:node1:no file\n'''\n";
    const { lesson, told } = imported({ "s.yaml": scenario(step("Grüße\n", content), tasks) });
    expect(lesson).toMatchObject({ title: "My scenario", steps: [{ title: "Grüße" }] });
    expect(lesson.checks.get("1")).toMatchObject([
      { command: "cat a", exitCode: { code: 0 }, checks: [{ expected: "a file", contains: ["x"] }] },
      { command: "ls b", exitCode: { expected: "no file", code: 2 }, checks: [] },
    ]);
    expect(told).toEqual([]);
  });

  test("that is not in base64 is taken as it stands, and told", () => {
    const { lesson, told } = imported({ "s.yaml": scenario("  - title: Hello there\n    content: Words, and more.") });
    expect(lesson.steps[0]).toMatchObject({ title: "Hello there", text: "Words, and more." });
    expect(told).toHaveLength(2);
  });

  test.each(["kind: Pod\n", "- a", "a: [", "kind: Scenario\nspec: {steps: []}\n"])("is not %j", (text) => {
    const problems: Problem[] = [];
    expect(readSource(new Map([["s.yaml", text]]), problems)).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe("a post of Play with Docker", () => {
  const post =
    "---\nlayout: post\ntitle: First\ndate: 2017-01-30\nterms: 2\n---\nIntro.\n\n## 1.0 Run\n'''.term1\ndocker version\n'''\n'''\nClient:\n'''\n\n1. In a list:\n   '''.term1\n   docker ps\n   '''\n\n## 2.0 More\n'''.term2\ndocker info\n'''\n[open](/){:data-term=\".term1\"}{:data-port=\"80\"}\n\n{:.quiz}\nWhat?\n- ( ) a\n";

  test("is a lesson with a step for each chapter; other terminals stay to be read", () => {
    const { lesson, told } = imported({ "2017-01-30-first.markdown": post });
    expect(lesson.title).toBe("First");
    expect(lesson.steps.map((step) => [step.title, typedIn(step)])).toEqual([
      ["First", []],
      ["Run", ["docker version", "docker ps"]],
      ["More", []],
    ]);
    expect(told).toEqual([
      "2017-01-30-first.markdown:23: terminal 2: a seat has only one machine; it stays on the page as text",
      expect.stringMatching(/^2017-01-30-first\.markdown:26: \{:data-term/),
      expect.stringMatching(/^2017-01-30-first\.markdown:28: \{:\.quiz\}/),
    ]);
  });
});
