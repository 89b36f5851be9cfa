import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { temporaryFolder } from "./cli/support";

const REPOSITORY = resolve(__dirname, "../..");

test("the launcher starts the language host beside it without TypeScript, as Pulumi.yaml has it", () => {
  const engine = join(temporaryFolder(), "engine folder");
  mkdirSync(engine);
  copyFileSync(join(REPOSITORY, "airgap", "language-host.sh"), join(engine, "pulumi-language-nodejs"));
  writeFileSync(join(engine, "nodejs-language-host"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n", { mode: 0o755 });
  const words = execFileSync("sh", [join(engine, "pulumi-language-nodejs"), "127.0.0.1:1"], { encoding: "utf8" });
  const { runtime } = parse(readFileSync(join(REPOSITORY, "Pulumi.yaml"), "utf8"));
  expect(runtime.options).toEqual({ typescript: false });
  expect(words).toBe("-typescript=false\n127.0.0.1:1\n");
});
