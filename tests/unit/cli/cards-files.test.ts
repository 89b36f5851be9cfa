import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeSecretFiles } from "../../../cli/workflows/cards/files";
import { labErrorOf, temporaryFolder } from "./support";

const FILES = new Map([
  ["cards.html", "<p>secret</p>"],
  ["cards.csv", "secret"],
]);

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test("files and a folder made for them are their owner's alone, and nothing else is left there", () => {
  const folder = join(temporaryFolder(), "a", "b");
  const umask = process.umask(0);
  const paths = writeSecretFiles(folder, FILES);
  process.umask(umask);
  expect(paths).toEqual([join(folder, "cards.html"), join(folder, "cards.csv")]);
  expect([folder, ...paths].map(modeOf)).toEqual([0o700, 0o600, 0o600]);
  expect(readdirSync(folder).sort()).toEqual(["cards.csv", "cards.html"]);
});

test("a file that others could read is replaced, not written into", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "cards.csv"), "old", { mode: 0o644 });
  writeFileSync(join(folder, "elsewhere"), "mine");
  symlinkSync(join(folder, "elsewhere"), join(folder, "cards.html.new"));
  writeSecretFiles(folder, FILES);
  expect([modeOf(join(folder, "cards.csv")), readFileSync(join(folder, "cards.csv"), "utf8")]).toEqual([
    0o600,
    "secret",
  ]);
  expect(readFileSync(join(folder, "elsewhere"), "utf8")).toBe("mine");
});

test("a folder that cannot be had is told with what to type", () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const { message, hint } = labErrorOf(() => writeSecretFiles(file, FILES));
  expect(message).toContain(`Could not write the cards to ${file}`);
  expect(hint).toContain("--output");
});
