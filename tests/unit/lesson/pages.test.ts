import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DEFAULTS } from "../../../config/schema";
import { lessonPages } from "../../../lesson/pages/lesson-pages";

const FOLDER = join(__dirname, "../../../docs/lesson");
const PAGES = lessonPages(DEFAULTS.lesson.registryImage);

test("docs/lesson is what `npm run docs` makes of the lesson", () => {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const found = files.map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1));
  expect(found.sort()).toEqual([...PAGES.keys()].sort());
  for (const [name, content] of PAGES) {
    expect(readFileSync(join(FOLDER, name), "utf8"), `${name}: type npm run docs`).toBe(content);
  }
});

test("links between pages lead somewhere", () => {
  for (const [name, content] of PAGES) {
    for (const [, target] of content.matchAll(/\]\(([^):]+\.md)\)/g)) {
      expect([...PAGES.keys()], `${name} links to ${target}`).toContain(target);
    }
  }
});

test("the pages for HobbyFarm run commands and write files by a click, and ask for the machine's name", () => {
  const page = PAGES.get("hobbyfarm/3-image-creation-using-a-dockerfile.md") ?? "";
  expect(page).toContain("```ctr:node1\ndocker image build -t hello:v0.1 .\n```");
  expect(page).toContain('```file:js:index.js:node1\nvar os = require("os");\n');
  expect(page).toContain("`${" + "vminfo:node1:hostname}`");
});

test("what the student has to fill in first cannot be run by a click", () => {
  const clicks = [...PAGES.values()].flatMap((content) => [...content.matchAll(/```ctr:node1\n([\s\S]*?)\n```/g)]);
  expect(clicks.length).toBeGreaterThan(20);
  expect(clicks.map(([, command]) => command).filter((command) => /<[^>]+ID>/.test(command ?? ""))).toEqual([]);
});

test("no page has marks for renderers left, or names and proofs of verify's", () => {
  for (const content of PAGES.values()) {
    expect(content).not.toMatch(/<hostname>|undefined|lab-verify|--pull never/);
  }
});
