import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEFAULTS } from "../../config/defaults";
import { lessonPages } from "./lesson-pages";

const FOLDER = join(__dirname, "../../docs/lesson");

rmSync(FOLDER, { recursive: true, force: true });
for (const [name, content] of lessonPages(DEFAULTS.lesson.registryImage)) {
  const path = join(FOLDER, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
