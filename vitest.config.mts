import { availableParallelism } from "node:os";
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { includedFiles, requestedTier } from "./tests/support/test-tiers.mjs";

const MINUTE = 60_000;

const TIER = requestedTier(process.env);

/**
 * Real machines on one Docker Engine: two files at once, since each mostly waits for a node or for pulumi; more would take
 * each other's time. One group, so that no project waits for another's slowest file.
 */
const ON_ONE_ENGINE = { maxWorkers: Math.min(2, availableParallelism()), sequence: { groupOrder: 1 } } as const;

/** Tests that need nothing of this machine, and get nothing. What replaces a global is put back after each test. */
const HERMETIC = {
  setupFiles: ["tests/support/hermetic/setup.ts"],
  pool: "forks",
  // Left to itself, vitest keeps one core free; and many tests wait for a child or a timeout.
  maxWorkers: availableParallelism() + 1,
  unstubEnvs: true,
  unstubGlobals: true,
  // A test that checks nothing cannot fail.
  expect: { requireAssertions: true },
} satisfies TestProjectInlineConfiguration["test"];

/** Projects by what a test needs: nothing, Pulumi's mocks, the real engine with Docker, or a fresh clone. */
export default defineConfig({
  test: {
    reporters: ["default", "./tests/support/summary-reporter.ts"],
    exclude: [...configDefaults.exclude, "**/.lab/**"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          ...HERMETIC,
          // One process runs many files and loads a module once: half of the time. No unit test replaces a module (`vi.mock`).
          isolate: false,
          testTimeout: MINUTE,
          hookTimeout: MINUTE,
        },
      },
      {
        extends: true,
        // Mocks are global to a process, and the SDK remembers the stack's root resource: one process a file.
        test: { name: "component", include: ["tests/component/**/*.test.ts"], ...HERMETIC, testTimeout: MINUTE },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: includedFiles("engine", TIER),
          ...ON_ONE_ENGINE,
          testTimeout: 10 * MINUTE,
          hookTimeout: 10 * MINUTE,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: includedFiles("e2e", TIER),
          ...ON_ONE_ENGINE,
          testTimeout: 20 * MINUTE,
          hookTimeout: 20 * MINUTE,
        },
      },
      {
        extends: true,
        // Things broken on purpose, and the command that repairs them.
        test: {
          name: "faults",
          include: includedFiles("faults", TIER),
          ...ON_ONE_ENGINE,
          testTimeout: 20 * MINUTE,
          hookTimeout: 20 * MINUTE,
        },
      },
    ],
  },
});
