import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const REPOSITORY = path.resolve(__dirname, "../..");
const REPORTER = path.join(REPOSITORY, "tests/support/summary-reporter.ts");
const VITEST = path.join(REPOSITORY, "node_modules/vitest/vitest.mjs");
const TIMEOUT_MS = 60_000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "summary-reporter-"));
  await symlink(path.join(REPOSITORY, "node_modules"), path.join(folder, "node_modules"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs vitest on these test files, as it is run here: the default reporter with ours beside it. */
async function runOn(
  files: Readonly<Record<string, string>>,
): Promise<{ lastLine: string; exitCode: number | undefined }> {
  for (const [name, body] of Object.entries(files)) {
    const imports = 'import { afterAll, beforeAll, describe, expect, it } from "vitest";\n';
    await writeFile(path.join(folder, name), imports + body);
  }
  const reporters = ["--reporter=default", `--reporter=${REPORTER}`];
  // The outer run's variables would make the inner one believe that it is one of its workers.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^VITEST|^TEST$|^NODE_ENV$/.test(name)),
  );
  const run = await execa(process.execPath, [VITEST, "run", "--root", folder, ...reporters], {
    cwd: folder,
    env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  });
  const lines = run.stdout.split("\n");
  expect(lines.at(-1), "output ends with a line end").toBe("");
  return { lastLine: lines.at(-2) ?? "", exitCode: run.exitCode };
}

describe("summary reporter", () => {
  it(
    "counts passed, failed, skipped and todo tests over all files and suites",
    async () => {
      const result = await runOn({
        "a.test.ts": 'it("p", () => {}); it("f", () => { expect(1).toBe(2); }); it.skip("s", () => {}); it.todo("t");',
        "b.test.ts":
          'describe("d", () => { it.each([1, 2])("p %i", () => {}); it("f", () => { throw new Error("x"); }); });',
      });
      expect(result).toEqual({ lastLine: "3 passed, 2 failed, 2 skipped", exitCode: 1 });
    },
    TIMEOUT_MS,
  );

  it(
    "reports a good run as good",
    async () => {
      expect(await runOn({ "a.test.ts": 'it("p", () => {});' })).toEqual({
        lastLine: "1 passed, 0 failed, 0 skipped",
        exitCode: 0,
      });
    },
    TIMEOUT_MS,
  );

  it(
    "counts what failed outside a test: a file, two kinds of hook, a stray rejection",
    async () => {
      const result = await runOn({
        "file.test.ts": 'throw new Error("x");',
        "before.test.ts": 'describe("d", () => { beforeAll(() => { throw new Error("x"); }); it("s", () => {}); });',
        "after.test.ts": 'describe("d", () => { afterAll(() => { throw new Error("x"); }); it("p", () => {}); });',
        "stray.test.ts": 'it("p", () => { void Promise.reject(new Error("x")); });',
      });
      expect(result).toEqual({ lastLine: "2 passed, 4 failed, 1 skipped", exitCode: 1 });
    },
    TIMEOUT_MS,
  );

  it(
    "never calls a run good that found no tests",
    async () => {
      expect(await runOn({})).toEqual({ lastLine: "0 passed, 1 failed, 0 skipped", exitCode: 1 });
    },
    TIMEOUT_MS,
  );
});
