import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkLesson, examineLesson, importIntoFolder, openLesson } from "../../../cli/workflows/lesson/index";
import { contextFor, labErrorOf, recordedReporter, runtimeIn, temporaryFolder, textOf } from "./support";

const EXAMPLE = resolve("docs/lessons/greeting");

/** A folder with these files, and a context whose output is remembered. */
function folderWith(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
  }
  const context = contextFor(runtimeIn(folder), "dev", recordedReporter().reporter);
  return {
    folder,
    context,
    json: { ...context, options: { ...context.options, json: true } },
    said: () => textOf(context.runtime.stdout),
  };
}

describe("lab lesson check", () => {
  test("finds nothing wrong with the example of docs/lessons", () => {
    const { context, json, said } = folderWith({});
    expect(checkLesson(context, EXAMPLE)).toBe(0);
    expect(said()).toBe('"A greeting in a container": 2 steps, 7 commands, 2 files, 2 checks\n');
    expect(checkLesson(json, EXAMPLE)).toBe(0);
  });

  test("tells every mistake by file and line", () => {
    const files = { "README.md": "# L\n", "1-a.md": "# A\n\n```ctr:b\nls\n```\n", "2-b.md": "none\n" };
    const { folder, context, json, said } = folderWith(files);
    expect(checkLesson(context, folder)).toBe(1);
    expect(said()).toMatch(/^1-a\.md:3: there is no machine "b"; .*\n2-b\.md:1: the page has no heading.*\n$/);
    expect(labErrorOf(() => openLesson(folder))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("  2-b.md:1: "),
    });
    checkLesson(json, folder);
    expect(said()).toContain('"file": "2-b.md",\n      "line": 1,');
  });

  test("does not follow links out of the folder, and refuses what is no folder", () => {
    const { folder } = folderWith({ "README.md": "# L\n" });
    symlinkSync(join(EXAMPLE, "1-build.md"), join(folder, "1-a.md"));
    expect(examineLesson(folder).problems).toMatchObject([{ message: expect.stringContaining("this one has 0") }]);
    expect(labErrorOf(() => examineLesson(join(folder, "none")))).toMatchObject({ exitCode: 2 });
    expect(labErrorOf(() => examineLesson(join(folder, "README.md")))).toMatchObject({ exitCode: 2 });
  });

  test("reads no file that is larger than any lesson", () => {
    const { folder } = folderWith({ "README.md": "# L\n", "1-a.md": "a".repeat(2_000_001) });
    expect(labErrorOf(() => examineLesson(folder)).message).toContain("larger than 2 MB");
  });
});

describe("lab lesson import", () => {
  const post = "---\ntitle: A post\n---\n# One\n```.term1\nls\n```\n```.term2\nls\n```\n# Two\n";

  test("writes a folder that check finds good, and says what it could not translate", () => {
    const { folder, context, said } = folderWith({ "post.markdown": post });
    const into = join(folder, "deep/lesson");
    importIntoFolder(context, join(folder, "post.markdown"), into);
    expect(readdirSync(into)).toEqual(["1-one.md", "2-two.md", "README.md"]);
    expect(readFileSync(join(into, "1-one.md"), "utf8")).toContain("```ctr:node1\nls\n```");
    expect(said()).toContain(`${into}: "A post": 2 steps, 1 commands, 0 files, 0 checks\n`);
    expect(said()).toContain("\nNot translated:\npost.markdown:8: terminal 2: a seat has only one machine");
    expect(checkLesson(context, into)).toBe(0);
  });

  test("says all of that as JSON", () => {
    const { folder, json, said } = folderWith({ "post.md": post });
    importIntoFolder(json, join(folder, "post.md"), join(folder, "lesson"));
    expect(JSON.parse(said())).toMatchObject({
      files: ["README.md", "1-one.md", "2-two.md"],
      lesson: { title: "A post" },
      untranslated: [{ file: "post.md", line: 8 }],
    });
  });

  test("writes into nothing that is there, and nothing where there is no lesson", () => {
    const { folder, context } = folderWith({ "post.md": post, "pod.yaml": "kind: Pod\n" });
    mkdirSync(join(folder, "full/of"), { recursive: true });
    const refusal = (source: string, into: string) =>
      labErrorOf(() => importIntoFolder(context, join(folder, source), join(folder, into)));
    expect(refusal("post.md", "full")).toMatchObject({ exitCode: 2, message: expect.stringContaining("not empty") });
    expect(refusal("post.md", "pod.yaml")).toMatchObject({ exitCode: 2 });
    expect(refusal("none.md", "new")).toMatchObject({ exitCode: 2 });
    expect(refusal("pod.yaml", "new")).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining("not a HobbyFarm Scenario"),
    });
    expect(existsSync(join(folder, "new"))).toBe(false);
  });
});
