// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HobbyFarm writes values so

import { describe, expect, test } from "vitest";
import { readLesson } from "../../../lesson/folder/read-lesson";
import { commandOf, lessonOf, tasksOf } from "./folder-support";

describe("a page", () => {
  test("is a step: its number is the id, its heading the title, and it needs the one before it", () => {
    const { title, steps } = lessonOf("# Step 1: Begin\n\nHello.\n", "---\nneeds: []\n---\n# More\n", "# Last\n");
    expect(title).toBe("A lesson");
    expect(steps.map(({ id, title: name, needs }) => ({ id, name, needs }))).toEqual([
      { id: "1", name: "Begin", needs: [] },
      { id: "2", name: "More", needs: [] },
      { id: "3", name: "Last", needs: ["2"] },
    ]);
    expect(steps[0]).toEqual({ id: "1", title: "Begin", text: "Hello.", needs: [], tasks: [] });
  });

  test("has commands and files, each with the words that lead to it", () => {
    const lesson = lessonOf(
      "# T\n\nWhy.\n\nWhat.\n\nDo it:\n\n'''ctr:node1\necho one\necho two\n'''\n\nWrite:\n\n'''file:js:src/a.js:node1\nlet a;\n\nlet b;\n'''\n\nThe end.\n",
    );
    expect(lesson.steps[0]).toMatchObject({ text: "Why.\n\nWhat.", closing: "The end." });
    expect(tasksOf(lesson)).toEqual([
      { kind: "command", text: "Do it:", command: "echo one\necho two", checks: [], lookups: {} },
      { kind: "file", text: "Write:", path: "src/a.js", language: "js", content: "let a;\n\nlet b;\n" },
    ]);
  });

  test("keeps all other blocks as words, and drops comments for people", () => {
    const lesson = lessonOf("# T\n\n'''yaml\na: 1\n'''\n\n<!-- to do -->\n\n## Part\n\n- a\n- b\n");
    expect(lesson.steps[0]?.text).toBe("```yaml\na: 1\n```\n\n## Part\n\n- a\n- b");
  });

  test("can have commands in lists and quotations: they stand alone, the words around them stay", () => {
    const lesson = lessonOf(
      "# T\n\n1. First\n   '''ctr:node1\n   one\n   '''\n2. Then\n\n   '''ctr:node1\n   two\n   '''\n\n> Note\n> '''ctr:node1\n> three\n> '''\n",
    );
    expect(tasksOf(lesson).map((task) => (task.kind === "command" ? [task.text, task.command] : []))).toEqual([
      ["1. First", "one"],
      ["2. Then", "two"],
      ["> Note", "three"],
    ]);
  });

  test("shows the machine's name, and finds it and its address for commands", () => {
    const lesson = lessonOf(
      "# T\n\nOn `${vminfo:node1:hostname}`:\n\n'''ctr:node1\ncurl ${vminfo:node1:private_ip}:80 ${HOME}\n'''\n",
    );
    expect(tasksOf(lesson)).toMatchObject([
      {
        text: "On `<hostname>`:",
        command: "curl <private_ip>:80 ${HOME}",
        lookups: { private_ip: { command: "hostname -I | cut -d ' ' -f 1" } },
      },
    ]);
  });
});

describe("what must be seen", () => {
  const command = "# T\n\n'''ctr:node1\nls\n'''\n";

  test("is a text, several of them, or patterns with words for people, and an exit code", () => {
    const lesson = lessonOf(
      `${command}<!-- expect: a.txt -->\n<!-- expect: [b, 42] -->\n\n<!--\nexpect:\n  see: three files\n  matches: ^c$\n  lacks: [^E, "x y"]\n  exit: 2\n-->\n`,
    );
    expect(commandOf(lesson)).toMatchObject({
      exitCode: 2,
      checks: [
        { expected: '"a.txt"', contains: ["a.txt"] },
        { expected: '"b" and "42"', contains: ["b", "42"] },
        { expected: "three files", matches: ["^c$"], lacks: ["^E", "x y"] },
      ],
    });
  });

  test("may be an exit code alone", () => {
    const lesson = lessonOf(`${command}<!-- {} -->\n<!--\nexpect:\n  exit: 1\n-->\n`);
    expect(commandOf(lesson)).toMatchObject({ exitCode: 1, checks: [] });
  });

  test("in a program is of the line before it", () => {
    const lesson = lessonOf(
      "# T\n\nGo in:\n\n'''ctr:node1\ndocker run -ti a sh\n'''\n\n<!-- session: \"[#$]$\" -->\n\nLook:\n\n'''ctr:node1\nls\nls b\n'''\n<!-- expect: b -->\n\n'''ctr:node1\nexit\n'''\n<!-- session: end -->\n\n'''ctr:node1\nafter\n'''\n",
    );
    expect(tasksOf(lesson)).toMatchObject([
      {
        kind: "session",
        text: "Go in:",
        open: "docker run -ti a sh",
        prompt: "[#$]$",
        lines: [
          { text: "Look:", typed: "ls", checks: [] },
          { text: "", typed: "ls b", checks: [{ contains: ["b"] }] },
          { typed: "exit" },
        ],
      },
      { kind: "command", command: "after" },
    ]);
  });

  test("may need values that the student looks up", () => {
    const lesson = lessonOf(
      "# T\n\n'''ctr:node1\ndocker logs <container ID>\n'''\n<!--\nlookup:\n  container ID:\n    how: the first column\n    command: docker ps -q\n-->\n",
    );
    expect(commandOf(lesson).lookups).toMatchObject({
      "container ID": { how: "the first column", command: "docker ps -q" },
    });
  });
});

describe("a student's check", () => {
  test("is performed as a proof, too, where it stands", () => {
    const lesson = lessonOf(
      "# T\n\n'''ctr:node1\nls\n'''\n\n<!--\ncheck:\n  see: an image\n  command: docker image inspect a\n  hint: Build it.\n-->\n\n<!--\ncheck:\n  command: cat a\n  contains: b\n  exit: 0\n-->\n",
    );
    expect(lesson.checks.get("1")).toEqual([
      {
        command: "docker image inspect a",
        exitCode: { expected: "an image", code: 0 },
        checks: [],
        hint: "Build it.",
      },
      {
        command: "cat a",
        exitCode: { expected: "exit code 0", code: 0 },
        checks: [{ expected: '"b"', contains: ["b"] }],
        hint: expect.any(String),
      },
    ]);
    expect(tasksOf(lesson).slice(1)).toEqual([
      { kind: "proof", command: "docker image inspect a", exitCode: 0, checks: [] },
      { kind: "proof", command: "cat a", exitCode: 0, checks: [{ expected: '"b"', contains: ["b"] }] },
    ]);
  });

  test("is of files and typed commands where the page has none of its own", () => {
    const lesson = lessonOf(
      "# T\n\n'''file:text:a.txt:node1\nx\n'''\n\n'''ctr:node1\nls -l\necho\n'''\n<!-- expect: a -->\n",
    );
    const [file, command] = lesson.checks.get("1") ?? [];
    expect(file).toMatchObject({ command: "cat a.txt", checks: [{ contains: ["x"] }] });
    expect(command?.checks).toMatchObject([{ matches: ["[$#] ls -l"] }, { contains: ["a"] }]);
  });
});

test("a lesson says how to clean up after it", () => {
  const files = new Map([
    ["README.md", "---\ncleanup: [docker rm -f a]\n---\n# L\n"],
    ["1-a.md", "\ufeff# A\r\n\r\nb\r\n"],
  ]);
  expect(readLesson(files)).toMatchObject({
    lesson: { title: "L", cleanup: ["docker rm -f a"], steps: [{ text: "b" }] },
  });
});
