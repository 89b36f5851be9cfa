import { configDefaults, defineConfig } from "vitest/config";

const MINUTE = 60_000;

/** `lab test --faults` asks for every fault; otherwise the ones under `tests/faults/long` are left out. */
const FAULTS = process.env["LAB_TEST_FAULTS"] === "all" ? "tests/faults/**/*.test.ts" : "tests/faults/*.test.ts";

/** Projects by what a test needs: nothing, Pulumi's mocks, the real engine with Docker, or a fresh clone. */
export default defineConfig({
  test: {
    reporters: ["default", "./tests/support/summary-reporter.ts"],
    exclude: [...configDefaults.exclude, "**/.lab/**"],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["tests/unit/**/*.test.ts"], testTimeout: MINUTE, hookTimeout: MINUTE },
      },
      {
        extends: true,
        // Mocks are global to a process, and the SDK remembers the stack's root resource: one process a file.
        test: { name: "component", include: ["tests/component/**/*.test.ts"], pool: "forks", testTimeout: MINUTE },
      },
      {
        extends: true,
        // Real machines on one Docker Engine: one file after another, or they take each other's time.
        test: {
          name: "engine",
          include: ["tests/engine/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 10 * MINUTE,
          hookTimeout: 10 * MINUTE,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 20 * MINUTE,
          hookTimeout: 20 * MINUTE,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        // Things broken on purpose, and the command that mends them.
        test: {
          name: "faults",
          include: [FAULTS],
          fileParallelism: false,
          testTimeout: 20 * MINUTE,
          hookTimeout: 20 * MINUTE,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
