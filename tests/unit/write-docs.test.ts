import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./cli/support";

test("`npm run docs` writes the pages of the project that it is in, and nothing beside it", () => {
  const parent = temporaryFolder();
  const project = join(parent, "project");
  for (const path of [
    "adapters",
    "config",
    "core",
    "docs",
    "images",
    "lesson",
    "scripts",
    "Pulumi.yaml",
    "lab.lock.json",
  ]) {
    cpSync(path, join(project, path), { recursive: true });
  }
  symlinkSync(resolve("node_modules"), join(project, "node_modules"));
  const pages = ["docs/lesson/README.md", "docs/config.md", "Pulumi.yaml"];
  const before = pages.map((page) => readFileSync(page, "utf8"));
  rmSync(join(project, "docs/lesson"), { recursive: true });
  writeFileSync(join(project, "Pulumi.yaml"), before[2]?.replace("Number of seats", "Count of seats") ?? "");
  execFileSync(process.execPath, ["-r", "tsx/cjs", "scripts/write-docs.ts"], { cwd: project });
  expect(pages.map((page) => readFileSync(join(project, page), "utf8"))).toEqual(before);
  expect(readdirSync(parent)).toEqual(["project"]);
});
