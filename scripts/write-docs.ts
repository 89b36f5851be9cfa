/** Writes what is generated from the lesson and from the settings: `npm run docs`. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DEFAULTS } from "../config/schema";
import { lessonPages } from "../lesson/pages/lesson-pages";
import { withPulumiSettings, withSettingsTable } from "./settings-pages";

const PROJECT = resolve(__dirname, "..");
const FOLDER = join(PROJECT, "docs/lesson");

rmSync(FOLDER, { recursive: true, force: true });
for (const [name, content] of lessonPages(DEFAULTS.lesson.registryImage)) {
  const path = join(FOLDER, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

rewrite(join(PROJECT, "Pulumi.yaml"), withPulumiSettings);
rewrite(join(PROJECT, "docs/config.md"), withSettingsTable);

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}
