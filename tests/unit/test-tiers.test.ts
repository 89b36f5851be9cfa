import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  includedFiles,
  type MachineProject,
  requestedTier,
  SECONDS_BEFORE_MACHINES,
  SHORT_LIMIT,
  SHORT_LIST,
} from "../support/test-tiers.mjs";

const REPOSITORY = resolve(__dirname, "../..");
const PROJECTS: readonly MachineProject[] = ["engine", "e2e", "faults"];

describe("the short list", () => {
  test.each(PROJECTS)("of %s names files that exist, each once, in its own folder", (project) => {
    const files = includedFiles(project, "short");
    expect(files).toEqual([...new Set(files)]);
    expect(files.filter((file) => !file.startsWith(`tests/${project}/`))).toEqual([]);
    expect(files.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
  });

  test("takes no longer than `lab test` may, with two files at a time", () => {
    const seconds = Object.values(SHORT_LIST).flatMap((entries) => entries.map((entry) => entry.seconds));
    const machines = seconds.reduce((sum, each) => sum + each, 0) / 2;
    expect(SECONDS_BEFORE_MACHINES + machines).toBeLessThanOrEqual(SHORT_LIMIT);
  });
});

test.each(PROJECTS)("all has everything of %s but the longest faults, and --faults has these, too", (project) => {
  expect(includedFiles(project, "all")).toEqual([`tests/${project}/${project === "faults" ? "" : "**/"}*.test.ts`]);
  expect(includedFiles(project, "faults")).toEqual([`tests/${project}/**/*.test.ts`]);
});

test("vitest on its own runs all; `lab test` asks for a tier", () => {
  expect(requestedTier({})).toBe("all");
  expect(requestedTier({ LAB_TEST_TIER: "short" })).toBe("short");
  expect(requestedTier({ LAB_TEST_TIER: "faults" })).toBe("faults");
});
