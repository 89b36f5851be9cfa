import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./cli-support";

const REPOSITORY = resolve(__dirname, "../..");

/** What the launcher starts the language host with, in a folder with that Pulumi.yaml. */
function startedWith(project: string | undefined): string[] {
  const folder = temporaryFolder();
  const engine = join(folder, "engine folder");
  mkdirSync(engine);
  copyFileSync(join(REPOSITORY, "airgap", "language-host.sh"), join(engine, "pulumi-language-nodejs"));
  writeFileSync(join(engine, "nodejs-language-host"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n", { mode: 0o755 });
  if (project !== undefined) {
    writeFileSync(join(folder, "Pulumi.yaml"), project);
  }
  const host = join(engine, "pulumi-language-nodejs");
  return execFileSync("sh", [host, "127.0.0.1:1"], { cwd: folder, encoding: "utf8" }).trimEnd().split("\n");
}

test("this project's program is started as Pulumi.yaml says", () => {
  expect(startedWith(readFileSync(join(REPOSITORY, "Pulumi.yaml"), "utf8"))).toEqual([
    "-typescript=false",
    "-nodeargs=--max-semi-space-size=8 --require ./start/program.cjs",
    "127.0.0.1:1",
  ]);
});

test.each([
  ["no Pulumi.yaml", undefined],
  ["a plain runtime", "name: x\nruntime: nodejs\nmain: index.ts\n"],
  ["no options", "runtime:\n  name: nodejs\nconfig:\n  typescript: false\n"],
  ["options of something else", "config:\n  options:\n    typescript: false\n    nodeargs: --x\nruntime: nodejs\n"],
  ["options in a remark", "runtime:\n  name: nodejs\n  options:\n    # typescript: false\n"],
])("without options of the runtime everything is as it would be anyway: %s", (_, project) => {
  expect(startedWith(project)).toEqual(["-typescript=true", "-nodeargs=", "127.0.0.1:1"]);
});

test.each([
  ["in double quotes", 'nodeargs: "--a  --b=c # d" # why', "--a  --b=c # d"],
  ["in single quotes", "nodeargs: '--a'", "--a"],
  ["bare, with a remark", "nodeargs:   --a --b   # why", "--a --b"],
  ["empty", "nodeargs:", ""],
])("a value may be written %s", (_, line, value) => {
  const project = `runtime:\n    name: nodejs\n    options:\n        ${line}\n        typescript: true\nmain: x\n`;
  expect(startedWith(project)).toEqual(["-typescript=true", `-nodeargs=${value}`, "127.0.0.1:1"]);
});
