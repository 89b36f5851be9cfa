import { writeSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** What a run came to. Things that failed outside a test (a file, a hook, a stray rejection) count as failed too. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const STANDARD_OUTPUT = 1;

/**
 * Ends a run's output with exactly `N passed, N failed, N skipped`, for scripts that read the last line.
 * Beside the default reporter: `reporters: ["default", "./tests/support/summary-reporter.ts"]`.
 */
export default class SummaryReporter implements Reporter {
  #tally: Tally = { passed: 0, failed: 0, skipped: 0 };

  /** Called by vitest at the start. Only at exit is it certain that nothing else is printed afterwards. */
  onInit(): void {
    process.once("exit", (exitCode) => {
      const { passed, failed, skipped } = withExitCode(this.#tally, exitCode);
      writeSync(STANDARD_OUTPUT, `${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }

  /** Called by vitest at the end of a run; in watch mode the last run counts. */
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.#tally = tally(modules, unhandledErrors.length);
  }
}

/** A run that vitest itself calls failed (no test files, a threshold) is never reported without a failure. */
function withExitCode(counts: Tally, exitCode: number): Tally {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function tally(modules: readonly TestModule[], unhandledErrors: number): Tally {
  let passed = 0;
  let failed = unhandledErrors;
  let skipped = 0;
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      passed += state === "passed" ? 1 : 0;
      failed += state === "failed" ? 1 : 0;
      skipped += state === "skipped" || state === "pending" ? 1 : 0;
    }
    failed += failuresOutsideTests(module);
  }
  return { passed, failed, skipped };
}

/** Files that could not be loaded and hooks that threw: their tests, if any, are only counted as skipped. */
function failuresOutsideTests(module: TestModule): number {
  const suites = [...module.children.allSuites()];
  return [module, ...suites].filter((container) => container.errors().length > 0).length;
}
