import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Files of this project as pages name them; NAME stands for any. */
const PATH =
  /\b(?:adapters|airgap|bench|cli|cloud-init|components|config|core|images|lesson|policies|portal|scripts|tests)\/[\w./-]+\.(?:cjs|mjs|mts|sh|ts|tsx)\b/g;

const PAGES = ["README.md", ...readdirSync("docs", { recursive: true }).map((name) => `docs/${name}`)]
  .filter((page) => page.endsWith(".md"))
  // A decision that no longer holds names files of its time.
  .filter((page) => !/^Status: superseded/m.test(readFileSync(page, "utf8")));

test.each(PAGES)("files that %s names exist", (page) => {
  const named = readFileSync(page, "utf8").match(PATH) ?? [];
  expect(named.filter((path) => !path.includes("NAME") && !existsSync(path))).toEqual([]);
});
